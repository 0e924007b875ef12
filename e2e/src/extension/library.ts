import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picture } from '../extension-browser.ts';
import {
  cards,
  type Device,
  documents,
  enter,
  fillIn,
  openDevice,
  save,
  saveMark,
  toLibrary,
  traces,
  uidOf,
  usedUs,
} from './devices.ts';
import { button, hops, pageUrl, patient, stack, withLimits } from './suite.ts';

const nothing = { documents: 0, ledgerRows: 0, user: false };

const download = async (panel: Page, name: string): Promise<string> => {
  const [file] = await Promise.all([panel.waitForEvent('download'), button(panel, name).click()]);
  return readFile(await file.path(), 'utf8');
};

describe('the library', () => {
  withLimits('own');

  it('is the same in two browsers, offline too, is found by meaning, taken along and deleted', async () => {
    const email = `${crypto.randomUUID()}@example.com`;
    const [one, other] = await Promise.all([openDevice(), openDevice()]);
    const [first, second] = await Promise.all([one.openPanel('article'), other.openPanel('arabic')]);
    await enter(first, 'Create an account', email);
    await enter(second, 'Sign in', email);
    await toLibrary(second);
    await second.getByText('Nothing yet.').waitFor();
    await saveMark(first, 0, { note: 'zanzibarnote', tags: 'Sea, quaggatag' });
    await cards(second).waitFor();

    const found = await closest(first);
    const bees = (await found.locator('mark').textContent()) ?? '';
    await save(found, { note: '', tags: 'sea' });
    const savedMs = Date.now();
    await expect.poll(() => cards(second).count(), { ...patient, interval: 20 }).toBe(2);
    console.log(`in the second browser ${Date.now() - savedMs} ms after it was saved in the first`);
    expect(await cards(second).first().textContent()).toContain(bees);
    await button(first, 'Clear the search').click();

    await one.context.setOffline(true);
    await saveMark(first, 2, { note: 'written without a connection', tags: '' });
    await toLibrary(first);
    await first.getByText(/^3 saved · [12] on this device only, for now$/).waitFor();
    await cards(first).first().getByRole('button', { name: 'Change note and tags' }).click();
    await picture(first, 'library-offline');
    await cards(first).first().getByRole('textbox', { name: 'Note' }).fill('changed without a connection');
    await cards(first).first().getByRole('button', { name: 'Save' }).click();
    expect(await cards(second).count()).toBe(2);
    await one.context.setOffline(false);
    await second.getByText('changed without a connection').waitFor();
    await first.getByText('3 saved', { exact: true }).waitFor();

    await findByMeaning(second, other, bees);
    await takeAlong(second, bees);
    await tellHops();
    await button(second, 'Delete all').click();
    await button(second, 'Delete them').click();
    await first.getByText('Nothing yet.').waitFor();
    expect(await documents(stack(), await uidOf(first))).toBe(0);
  });
});

/** Not one word of it stands in the page. */
const question = 'insects that talk by moving their bodies';

/** What of the page answers the question. */
async function closest(panel: Page): Promise<Locator> {
  const field = panel.getByRole('textbox', { name: 'Find by meaning on this page' });
  await field.fill(question);
  await field.press('Enter');
  await panel.getByText(`Closest to “${question}”`).waitFor();
  return panel.getByRole('listitem').first();
}

async function findByMeaning(panel: Page, { requests }: Device, expected: string): Promise<void> {
  await button(panel, 'Sea').click();
  expect(await cards(panel).count()).toBe(2);
  await button(panel, 'Sea').click();
  const field = panel.getByRole('textbox', { name: 'Find in your library' });
  await field.fill('zanzibarnote');
  await expect.poll(() => cards(panel).count(), patient).toBe(1);
  const before = requests.length;
  await field.fill(question);
  await field.press('Enter');
  await panel.getByText(`Closest to “${question}”`).waitFor();
  // All have been read by a model by now, the one that was saved offline too.
  await expect.poll(() => cards(panel).count(), patient).toBe(3);
  expect(await cards(panel).first().textContent()).toContain(expected);
  const asked = requests.slice(before).filter((each) => each.startsWith(hops()['extension → server'].url));
  expect(asked.map((each) => new URL(each).pathname)).toEqual(['/trpc/embeddings.run']);
  await picture(panel, 'library-found');
  await button(panel, 'Clear the search').click();
}

async function takeAlong(panel: Page, expected: string): Promise<void> {
  const { passages } = JSON.parse(await download(panel, 'Export as JSON')) as { passages: { text: string; note: string }[] };
  expect(passages.map(({ note }) => note).toSorted()).toEqual(['', 'changed without a connection', 'zanzibarnote']);
  expect(passages.map(({ text }) => text)).toContain(expected);
  const markdown = await download(panel, 'as Markdown');
  expect(markdown).toContain(`[Things that last](<${pageUrl('article')}>) · #sea · #quaggatag`);
}

/** The library goes to the database and nowhere else, and what the model reads comes from the server alone. */
async function tellHops(): Promise<void> {
  const all = Object.entries(hops());
  for (const [name, hop] of all) console.log(`${name}: ${hop.bytesUp()} bytes up, ${hop.bytesDown()} down`);
  const carriers = (words: string): string[] => all.filter(([, hop]) => hop.carried(words)).map(([name]) => name);
  for (const words of ['zanzibarnote', 'quaggatag', pageUrl('article'), 'Things that last', 'updatedAt', 'google.firestore.v1'])
    expect(carriers(words), words).toEqual(['extension → database']);
  expect(carriers('/v1/embeddings')).toEqual(['server → model']);
  expect(carriers(stack().mlKey)).toEqual(['server → model']);
}

describe('an account', () => {
  withLimits('own');

  it('of somebody without an account becomes one: same uid, library and used-up budget', async () => {
    const device = await openDevice();
    const panel = await device.openPanel('arabic');
    await button(panel, 'Try without an account').click();
    await saveMark(panel, 0, { note: 'before', tags: '' });
    const uid = await uidOf(panel);
    await expect.poll(() => documents(stack(), uid), patient).toBe(1);
    const used = await usedUs(panel);
    expect(used).toBeGreaterThan(0);

    await button(panel, 'Your account').click();
    await picture(panel, 'account-none');
    await fillIn(panel, 'not an address', 'x');
    await fillIn(panel, `${uid}@example.com`, 'x');
    await button(panel, 'Continue').first().click();
    await panel.getByText('Choose a longer password.').waitFor();
    await fillIn(panel, `${uid}@example.com`, 'correct horse');
    await button(panel, 'Continue').first().click();
    await panel.getByRole('heading', { name: new RegExp(`^${uid}@example.com$`, 'i') }).waitFor();
    expect(await uidOf(panel)).toBe(uid);
    expect(await usedUs(panel)).toBeGreaterThanOrEqual(used);
    await button(panel, 'Your account').click();
    await toLibrary(panel);
    await panel.getByText('before').waitFor();
    await panel.getByText('free', { exact: true }).waitFor();

    await button(panel, 'Your account').click();
    await button(panel, 'Delete the account').click();
    await picture(panel, 'account-delete');
    await panel.getByLabel('Password').fill('wrong');
    await button(panel, 'Delete for good').click();
    await panel.getByText('do not belong together').waitFor();
    const kept = await traces(stack(), uid);
    expect(kept).toMatchObject({ documents: 1, user: true });
    expect(kept.ledgerRows).toBeGreaterThan(0);
    await button(panel, 'Delete the account').click();
    await panel.getByLabel('Password').fill('correct horse');
    await button(panel, 'Delete for good').click();
    await button(panel, 'Try without an account').waitFor();
    expect(await traces(stack(), uid)).toEqual(nothing);
  });

  it('with a Google account that exists takes the library along when the user says so, and leaves nothing behind', async () => {
    const subject = String(Date.now());
    const known = await googleAccount(subject);
    const device = await openDevice();
    await chooseAtGoogle(device, subject);
    const panel = await device.openPanel('arabic');
    await button(panel, 'Try without an account').click();
    await saveMark(panel, 0, { note: 'comes along', tags: '' });
    const uid = await uidOf(panel);
    await expect.poll(() => documents(stack(), uid), patient).toBe(1);
    await button(panel, 'Your account').click();
    await button(panel, 'Continue with Google').click();
    await panel.getByRole('heading', { name: 'You have an account already' }).waitFor();
    await picture(panel, 'account-taken');
    expect(await uidOf(panel)).toBe(uid);
    await button(panel, 'Sign in, and bring my library').click();
    await expect.poll(() => uidOf(panel), patient).toBe(known);
    await toLibrary(panel);
    await panel.getByText('comes along').waitFor();
    expect(await traces(stack(), uid)).toEqual(nothing);
    expect(await documents(stack(), known)).toBe(1);

    await button(panel, 'Your account').click();
    await button(panel, 'Delete the account').click();
    await button(panel, 'Delete for good').click();
    await button(panel, 'Try without an account').waitFor();
    expect(await traces(stack(), known)).toEqual(nothing);
  });
});

const jwt = (claims: object): string =>
  [{ alg: 'none' }, claims, ''].map((part) => part && Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

const claimsOf = (subject: string) => ({ sub: subject, email: `${subject}@gmail.com`, email_verified: true, iss: '', aud: '' });

/** Somebody who has signed in with Google before. Returns the uid. */
async function googleAccount(subject: string): Promise<string> {
  const body = { providerId: 'google.com', id_token: jwt(claimsOf(subject)) };
  const reply = await fetch(`${stack().urls.auth}/identitytoolkit.googleapis.com/v1/accounts:signInWithIdp?key=emulator`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      postBody: new URLSearchParams(body).toString(),
      requestUri: 'http://localhost',
      returnSecureToken: true,
    }),
  });
  return ((await reply.json()) as { localId: string }).localId;
}

/** The one place where something stands for Google: the window in which the browser has a user choose an account. */
async function chooseAtGoogle(device: Device, subject: string): Promise<void> {
  const worker = await device.worker();
  await worker.evaluate((claims) => {
    const encoded = (part: object): string => btoa(JSON.stringify(part)).replace(/=+$/, '');
    const launchWebAuthFlow = async ({ url }: { url: string }): Promise<string> => {
      const asked = new URL(url).searchParams;
      const token = `${encoded({ alg: 'none' })}.${encoded({ ...claims, nonce: asked.get('nonce') })}.`;
      const answer = new URLSearchParams({ id_token: token, state: asked.get('state') ?? '' });
      return `${asked.get('redirect_uri')}#${answer.toString()}`;
    };
    Object.assign((globalThis as unknown as { chrome: { identity: object } }).chrome.identity, { launchWebAuthFlow });
  }, claimsOf(subject));
}
