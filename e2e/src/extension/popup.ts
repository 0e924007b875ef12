import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picture, stopWorker } from '../extension-browser.ts';
import { browser, button, hops, restartServer, stack, withBrowser, withLimits } from './suite.ts';

/** Two pages of real prose that are always there. */
const text = readFileSync(new URL('../../../LICENSE', import.meta.url), 'utf8');

/** How many users the Auth emulator knows: whether anybody signed in. */
async function users(): Promise<number> {
  const reply = await fetch(
    `${stack().urls.auth}/identitytoolkit.googleapis.com/v1/projects/${stack().projectId}/accounts:query`,
    {
      method: 'POST',
      headers: { authorization: 'Bearer owner', 'content-type': 'application/json' },
      body: '{}',
    },
  );
  return ((await reply.json()) as { userInfo?: unknown[] }).userInfo?.length ?? 0;
}

const overNetwork = () => browser().requests.filter((url) => /^https?:/.test(url));

/** The popup is about the page in front; a text of one's own is one choice away. */
async function withOwnText(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'A text of yours' }).check();
}

async function signedIn(): Promise<Page> {
  const page = await browser().openPopup();
  await button(page, 'Try without an account').click();
  await withOwnText(page);
  return page;
}

async function run(page: Page, input: string): Promise<void> {
  await page.getByRole('textbox').fill(input);
  await button(page, 'Find what matters').click();
}

describe('the shell', () => {
  withLimits('own');
  withBrowser();

  it('starts every entry, and sends nothing before the click', async () => {
    const before = await users();
    const worker = await browser().worker();
    expect(await worker.evaluate(() => (globalThis as { twohopBackground?: string }).twohopBackground)).toBe('ready');
    const page = await browser().openPopup();
    await button(page, 'Try without an account').waitFor();
    await picture(page, 'popup-welcome');
    expect(overNetwork()).toEqual([]);
    expect(await users()).toBe(before);

    await button(page, 'Try without an account').click();
    await page.getByText('of 60 s today').waitFor();
    expect(await users()).toBe(before + 1);
    expect(new Set(overNetwork().map((url) => new URL(url).origin))).toEqual(
      new Set([hops()['extension → sign-in'].url, hops()['extension → server'].url]),
    );
  });
});

describe('a run in the popup', () => {
  withLimits('own');
  withBrowser();

  it('shows the key sentences of a text, its receipt and what is left', async () => {
    const page = await signedIn();
    await page.getByText('60 s left').waitFor();
    await picture(page, 'popup-empty');
    await page.getByRole('textbox').fill(text);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: /5 of \d+ sentences/ }).waitFor();

    const sentences = await page.locator('.sentences li').allTextContents();
    expect(sentences).toHaveLength(5);
    for (const sentence of sentences) expect(text).toContain(sentence);
    expect(await page.getByLabel('Receipt').textContent()).toMatch(/^Model time[\d.]+ m?sPrice\$0\.\d+Run[0-9a-f]{8}$/);
    const left = await page.getByText(/^[1-5]\d(\.\d)? s left$/).textContent();
    const worker = await browser().worker();
    await expect.poll(() => worker.evaluate<string>('chrome.action.getTitle({})')).toBe(`Twohop: ${left} of 60 s today`);

    await page.getByRole('radio', { name: 'In the text' }).check();
    expect(await page.getByRole('region').textContent()).toBe(text);
    expect(await page.locator('.context mark').allTextContents()).toEqual(sentences);
  });

  it('is still there after the popup was closed and the worker has died', async () => {
    const page = await signedIn();
    await button(page, 'Use an example').click();
    await picture(page, 'popup-text');
    await button(page, 'Find what matters').click();
    await page.locator('.sentences li').first().waitFor();
    await picture(page, 'popup-result');
    const sentences = await page.locator('.sentences li').allTextContents();
    await stopWorker(page);
    await page.close();

    const again = await browser().openPopup();
    await withOwnText(again);
    await again.locator('.sentences li').first().waitFor();
    expect(await again.locator('.sentences li').allTextContents()).toEqual(sentences);
    await again.getByRole('radio', { name: 'In the text' }).check();
    await picture(again, 'popup-context');
    await button(again, 'Back to the text').click();
    await stopWorker(again);
    await run(again, 'Cats sleep. Dogs bark at the moon. The tide follows the moon.');
    await again.getByRole('heading', { name: / of 3 sentences/ }).waitFor();
  });

  it('can be cancelled while the model is at work', async () => {
    const page = await signedIn();
    stack().process('ml').signal('SIGSTOP');
    try {
      await run(page, text);
      await page.getByRole('progressbar', { name: 'Reading your text' }).waitFor();
      await picture(page, 'popup-running');
      await button(page, 'Cancel').click();
      await button(page, 'Find what matters').waitFor();
      expect(await page.getByRole('textbox').inputValue()).toBe(text);
    } finally {
      stack().process('ml').signal('SIGCONT');
    }
  });

  it('is told in words when the server is gone, and works again when it is back', async () => {
    const page = await signedIn();
    await stack().kill('server');
    await run(page, text);
    await page.getByRole('alert').getByText('The server does not answer.').waitFor();
    await picture(page, 'popup-failure');
    await restartServer();
    await button(page, 'Try again').click();
    await page.locator('.sentences li').first().waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('is told apart when the browser is offline, and keeps the text', async () => {
    const page = await signedIn();
    await browser().context.setOffline(true);
    await run(page, text);
    await page.getByRole('alert').getByText('You are offline.').waitFor();
    await browser().context.setOffline(false);
    await button(page, 'Try again').click();
    await page.locator('.sentences li').first().waitFor();
    expect(await page.locator('.sentences li').count()).toBe(5);
  });

  it('over the rate counts down until it can be tried again', async () => {
    const page = await signedIn();
    for (let attempt = 0; attempt < 11 && (await page.getByRole('alert').count()) === 0; attempt += 1) {
      await run(page, 'Cats sleep. Dogs bark.');
      await page.locator('.sentences li, .notice').first().waitFor();
      if (await button(page, 'Back to the text').isVisible()) await button(page, 'Back to the text').click();
    }
    await page.getByRole('alert').getByText('That was a lot in one minute.').waitFor();
    expect(await button(page, /^Try again in \d+ s$/).isDisabled()).toBe(true);
    await picture(page, 'popup-wait');
  });
});

describe('the sign-out', () => {
  withLimits('own');
  withBrowser();

  it('ends with a click, which leads back to the first page', async () => {
    const page = await signedIn();
    await button(page, 'Sign out').click();
    const dialog = page.getByRole('dialog', { name: 'Your library would be lost' });
    await picture(page, 'popup-leaving');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await button(page, 'Sign out').click();
    await button(dialog, 'Sign out').click();
    await button(page, 'Try without an account').waitFor();
    await page.reload();
    expect(await button(page, 'Try without an account').textContent()).toBe('Try without an account');
  });
});
