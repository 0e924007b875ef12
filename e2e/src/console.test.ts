import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signIn } from '@twohop/tooling/identity';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, failureOf } from './client.ts';
import { browserPath, picture } from './extension-browser.ts';
import { writeHistory } from './history.ts';
import { paragraphs } from './prose.ts';
import { type Stack, startStack } from './stack.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Path of the picture that a test took: `npm run e2e -- --json` tells it. */
    screenshot?: string;
  }
}

const operator = { email: 'operator@example.com', password: 'correct horse' };
const reader = { email: 'reader@example.com', password: 'correct horse' };
const texts = paragraphs(80);
let used = 0;
/** Never the same: a result that is known costs nothing. */
const newText = () => texts.slice(used, (used += 1)).join(' ');

let stack: Stack;
let other: Stack;
let browser: Browser;
let session: Awaited<ReturnType<Stack['signUp']>>;
const wrong: string[] = [];
const addresses: string[] = [];

/** Two instances on one ledger, and the page as its build makes it. */
beforeAll(async () => {
  const cwd = join(import.meta.dirname, '../../apps/console');
  await promisify(execFile)(process.execPath, [join(cwd, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd,
  });
  const env = { ADMIN_EMAILS: operator.email };
  stack = await startStack({ env });
  const shared = {
    FIREBASE_AUTH_EMULATOR_HOST: new URL(stack.urls.auth).host,
    FIREBASE_PROJECT_ID: stack.projectId,
    LEDGER_URL: `sqlite:${join(stack.directory, 'ledger.db')}`,
    ML_URL: stack.urls.ml,
    ML_KEY: stack.mlKey,
  };
  other = await startStack({ parts: ['server'], env: { ...env, ...shared } });
  browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
  session = await stack.signUp(reader);
  await verify((await stack.signUp(operator)).uid);
});
afterAll(async () => {
  await browser?.close();
  await other?.stop();
  await stack?.stop();
});
afterEach(() => expect(wrong.splice(0)).toEqual([]));

async function verify(localId: string): Promise<void> {
  await fetch(`${stack.urls.auth}/identitytoolkit.googleapis.com/v1/projects/${stack.projectId}/accounts:update`, {
    method: 'POST',
    headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
    body: JSON.stringify({ localId, emailVerified: true }),
  });
}

/** A page in a session of its own. What it throws, or its policy refuses, fails the test. */
async function openConsole(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 860 }, reducedMotion: 'reduce' });
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on(
    'console',
    (message) => message.type() === 'error' && /Policy|React/.test(message.text()) && wrong.push(message.text()),
  );
  page.on('request', (request) => addresses.push(request.url()));
  await page.goto(`${stack.urls.server}/console`);
  return page;
}

async function enter(page: Page, { email, password }: typeof operator): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

let signedIn: Promise<Page> | undefined;
/** The operator’s page: one for all tests. */
function operatorsPage(): Promise<Page> {
  signedIn ??= openConsole().then(async (page) => {
    await enter(page, operator);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    return page;
  });
  return signedIn;
}

async function go(name: string): Promise<Page> {
  const page = await operatorsPage();
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  return page;
}

type Instance = Pick<Stack, 'urls'>;
const run = ({ urls }: Instance = stack) => clientOf(urls.server, session).highlights.run.mutate({ text: newText() });

/** Milliseconds until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<number> {
  const startMs = performance.now();
  await expect.poll(isSo, { interval: 20, timeout: 10_000 }).toBe(true);
  return performance.now() - startMs;
}

/** Some users, each a few times. */
const crowd = (users: readonly Instance[]) =>
  Promise.all(
    users.map(async (instance) => {
      const own = await stack.signUp({ email: `${crypto.randomUUID()}@example.com`, password: 'correct horse' });
      for (let n = 0; n < 3; n += 1) await clientOf(instance.urls.server, own).highlights.run.mutate({ text: newText() });
    }),
  );

const refusedWith = (code: string, instance: Instance = stack) =>
  until(async () => {
    const result = await run(instance).catch((error: unknown) => error);
    return result instanceof Error && 'code' in result && result.code === code;
  });

/** The operator’s look at the reader’s record, past the page. */
const record = async () =>
  clientOf(stack.urls.server, await signIn(stack.urls.auth, operator)).admin.account.query({ uid: session.uid });

describe('whoever is no admin', () => {
  it('sees a form, and nothing else is public', async () => {
    const page = await openConsole();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await picture(page, 'console-sign-in');
    expect(await page.getByRole('navigation').count()).toBe(0);
    const signInSettings = await (await fetch(`${stack.urls.server}/console/sign-in.json`)).json();
    expect(signInSettings).toEqual({ apiKey: 'emulator', projectId: stack.projectId, emulator: stack.urls.auth });
    await enter(page, { ...operator, password: 'wrong' });
    await page.getByRole('alert').getByText('do not belong together').waitFor();
    await page.close();
  });

  it('is told that they are none, and reads nothing', async () => {
    const page = await openConsole();
    await enter(page, reader);
    await page.getByRole('alert').getByText('is not an admin of this server').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await page.close();
    const { operator: looks, admin } = clientOf(stack.urls.server, session);
    const uid = session.uid;
    const calls = [
      looks.live.query(),
      looks.users.query({}),
      looks.receipts.query({ uid }),
      looks.acts.query(),
      looks.settings.query(),
      admin.deleteAccount.mutate({ uid }),
    ];
    for (const failure of await Promise.all(calls.map(failureOf))) expect(failure.code).toBe('auth.forbidden');
  });

  it('is nobody’s admin by an address that they have not shown to be theirs', async () => {
    const { uid } = await signIn(stack.urls.auth, operator);
    const update = `${stack.urls.auth}/identitytoolkit.googleapis.com/v1/projects/${stack.projectId}/accounts:update`;
    const headers = { authorization: 'Bearer owner', 'content-type': 'application/json' };
    await fetch(update, { method: 'POST', headers, body: JSON.stringify({ localId: uid, emailVerified: false }) });
    const claimed = clientOf(stack.urls.server, await signIn(stack.urls.auth, operator));
    expect((await failureOf(claimed.operator.live.query())).code).toBe('auth.forbidden');
    await verify(uid);
  });
});

describe('the operator', () => {
  it('sees a spend that was made a second ago', async ({ task }) => {
    const page = await operatorsPage();
    await run();
    const figure = page.locator('.figure').first();
    await expect.poll(() => figure.innerText()).not.toBe('$0.00');
    const before = await figure.innerText();
    await run();
    const tookMs = await until(async () => (await figure.innerText()) !== before);
    expect(tookMs).toBeLessThan(2_000);
    await failureOf(clientOf(stack.urls.server, { idToken: 'none.of.ours' }).account.me.query());
    await page.getByRole('cell', { name: 'auth.invalid' }).waitFor();
    const issuer = `https://securetoken.google.com/${stack.projectId}`;
    await Promise.all([writeHistory(join(stack.directory, 'ledger.db'), issuer), crowd([stack, stack])]);
    task.meta.screenshot = 'e2e/screens/console-overview-light.png';
  });

  it('blocks a user, whose next call is refused, and lets them in again', async ({ task }) => {
    const page = await go('Users');
    const row = page.getByRole('row', { name: session.uid }).first();
    await row.getByRole('button', { name: session.uid }).click();
    await page.getByText('highlights.run').first().waitFor();
    await row.getByRole('button', { name: 'Block', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
    expect(await refusedWith('auth.blocked')).toBeLessThan(1_000);
    expect(await refusedWith('auth.blocked', other)).toBeLessThan(1_000);
    await row.getByRole('button', { name: 'Unblock' }).waitFor();
    await picture(page, 'console-users');
    task.meta.screenshot = 'e2e/screens/console-users-light.png';
    await row.getByRole('button', { name: 'Unblock' }).click();
    await row.getByRole('button', { name: 'Block', exact: true }).waitFor();
    await run();
    await row.getByLabel('Plan of').selectOption('anonymous');
    await expect.poll(record).toEqual({ plan: 'anonymous', blocked: false });
    await row.getByLabel('Plan of').selectOption('by default');
    await expect.poll(record).toEqual({ plan: null, blocked: false });
  });

  it('pulls the kill switch by the keyboard: every instance refuses; and lets runs start again', async ({ task }) => {
    const page = await go('Overview');
    await page.getByRole('button', { name: 'Stop all runs' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await picture(page, 'console-kill-switch');
    // The answer that Enter gives is the harmless one.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await run();
    await page.getByRole('button', { name: 'Stop all runs' }).press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const tookMs = await Promise.all([refusedWith('limit.killed'), refusedWith('limit.killed', other)]);
    expect(Math.max(...tookMs)).toBeLessThan(1_000);
    await page.getByRole('alert').getByText('All runs are stopped').waitFor();
    await picture(page, 'console-stopped');
    task.meta.screenshot = 'e2e/screens/console-stopped-light.png';
    await page.getByRole('button', { name: 'Let runs start again' }).click();
    await dialog.getByRole('button', { name: 'Let them run' }).click();
    await page.getByRole('alert').waitFor({ state: 'hidden' });
    await run();
  });

  it('sees who knocked, what is the matter, what it will cost, and the settings without a secret', async () => {
    const strangers = clientOf(stack.urls.server, { idToken: 'none.of.ours' });
    await Promise.all([crowd([stack, stack]), ...Array.from({ length: 55 }, () => failureOf(strangers.account.me.query()))]);
    const attempts = await go('Unauthorized attempts');
    await attempts.getByRole('cell', { name: '127.0.0.1' }).waitFor();
    await picture(attempts, 'console-attempts');
    const alerts = await go('Alerts');
    await alerts.getByText('unauthorized attempts in 5 minutes').first().waitFor();
    await picture(alerts, 'console-alerts');
    const forecast = await go('Forecast');
    await forecast.getByText('yours').waitFor();
    await picture(forecast, 'console-forecast');
    const settings = await go('Settings in force');
    await settings.getByRole('rowheader', { name: 'ALERT_NAME' }).waitFor();
    expect(await settings.locator('body').innerText()).not.toMatch(new RegExp(`${stack.mlKey}|twohop-development-key`));
    await picture(settings, 'console-settings');
    await picture(await go('Overview'), 'console-overview');
  });

  it('finds all that they did in the audit log, which forgets a deleted user’s name', async () => {
    const users = await go('Users');
    const row = users.getByRole('row', { name: session.uid }).first();
    await row.getByRole('button', { name: 'Delete' }).click();
    await users.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await row.waitFor({ state: 'hidden' });
    const log = await go('Audit log');
    await log.getByText('deleted what was kept of a user').waitFor();
    const acts = await log.locator('tbody td:nth-child(3)').allInnerTexts();
    expect(acts).toEqual([
      'deleted what was kept of a user',
      'let runs start again',
      'stopped all runs',
      'set a user’s plan to the default',
      'set a user’s plan to anonymous',
      'set a user’s plan to the default',
      'set a user’s plan to the default, blocked',
    ]);
    expect(await log.locator('body').innerText()).not.toContain(session.uid);
    await picture(log, 'console-audit');
  });

  it('has had no token in any address, and loaded nothing from anybody else', async () => {
    expect(addresses.length).toBeGreaterThan(20);
    // As every ID token begins.
    expect(addresses.filter((address) => address.includes('eyJ'))).toEqual([]);
    const hosts = new Set(addresses.map((address) => new URL(address).origin));
    expect([...hosts].toSorted()).toEqual([stack.urls.server, stack.urls.auth].toSorted());
  });
});
