import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picture } from '../extension-browser.ts';
import { documents, saveMark, traces, uidOf } from './devices.ts';
import {
  browser,
  button,
  hops,
  mark,
  newBrowser,
  open,
  otherServer,
  patient,
  stack,
  viewOf,
  withBrowser,
  withLimits,
} from './suite.ts';

/** Pages that are read rather than glanced at have a tab of their own. */
const sheet = { width: 720, height: 860 };

describe('the first run', () => {
  withLimits('none');
  withBrowser();

  it('says what leaves a page and asks, before anything is sent', async () => {
    const { firstRun, requests } = browser();
    await button(firstRun, 'Agree and start').waitFor();
    await firstRun.setViewportSize(sheet);
    await picture(firstRun, 'first-run');
    expect(requests.filter((url) => /^https?:/.test(url))).toEqual([]);
    await firstRun.keyboard.press('Tab');
    await firstRun.keyboard.press('Enter');
    await firstRun.getByRole('heading', { name: 'Ready: open any page' }).waitFor();
    await picture(firstRun, 'first-run-ready');
  });
});

describe('the options', () => {
  withLimits('none');
  withBrowser();

  it('colour and density hold for the next page; all that is kept can be taken away, and deleted', async () => {
    const options = await browser().openOptions();
    await options.setViewportSize(sheet);
    await options.getByRole('radio', { name: 'Pink' }).check();
    await options.getByRole('slider', { name: 'How much is marked' }).fill('1');
    await picture(options, 'options-out');
    const shown = await open('article');
    const panel = await viewOf('sidepanel', shown);
    await mark(panel);
    expect(await panel.getByRole('slider', { name: 'How much is marked' }).inputValue()).toBe('1');
    const colour = () => getComputedStyle(document.body, '::highlight(twohop-mark)').backgroundColor;
    expect(await shown.page.evaluate(colour)).toMatch(/^rgba\(255, 120, 190/);

    await saveMark(panel, 0, { note: '', tags: '' });
    const uid = await uidOf(panel);
    await expect.poll(() => documents(stack(), uid), patient).toBe(1);
    await options.reload();
    await options.getByRole('radio', { name: 'Yellow' }).check();
    const [download] = await Promise.all([options.waitForEvent('download'), button(options, 'Export as a file').click()]);
    const kept = JSON.parse(await readFile(await download.path(), 'utf8')) as { runs: unknown[] };
    expect(kept.runs).toContainEqual(expect.objectContaining({ procedure: 'highlights.stream', state: 'settled' }));
    await picture(options, 'options');
    await button(options, 'Delete the account').click();
    await picture(options, 'options-delete');
    await button(options, 'Delete for good').click();
    await options.getByText('The account is deleted.').waitFor();
    expect(await traces(stack(), uid)).toEqual({ documents: 0, ledgerRows: 0, user: false });
    await button(panel, 'Try without an account').waitFor();
  });
});

describe('another server', () => {
  withLimits('none');
  withBrowser();

  it('is chosen among those of the build, named to whoever signs in, and talked to from then on', async () => {
    const hostOf = (url: string) => new URL(url).host;
    const [own, other] = [hops()['extension → server'], otherServer()];
    const { openOptions, openPopup } = browser();
    const [options, popup] = [await openOptions(), await openPopup()];
    await popup.getByText(hostOf(own.url)).waitFor();
    await options.getByRole('radio', { name: hostOf(other.url) }).click();
    await popup.getByText(hostOf(other.url)).waitFor();
    const before = [own.bytesUp(), other.bytesUp()] as const;
    await button(popup, 'Try without an account').click();
    await expect.poll(other.bytesUp).toBeGreaterThan(before[1]);
    expect(own.bytesUp()).toBe(before[0]);
    await options.getByRole('radio', { name: hostOf(own.url) }).click();
    await popup.reload();
    await expect.poll(own.bytesUp).toBeGreaterThan(before[0]);
  });
});

/** Nothing reaches out of a view, whichever side its texts begin on. */
const isWhole = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

describe('from right to left', () => {
  it('every view speaks the browser’s language, and in its direction', async () => {
    const { firstRun, openPopup, openOptions } = await newBrowser({ language: 'ar' });
    await firstRun.setViewportSize(sheet);
    await picture(firstRun, 'first-run-ar');
    const popup = await openPopup();
    await button(popup, 'التجربة بلا حساب').click();
    await button(popup, 'تظليل هذه الصفحة').waitFor();
    const options = await openOptions();
    await picture(options, 'options-ar');
    await popup.bringToFront();
    await picture(popup, 'popup-ar');
    for (const view of [popup, options, firstRun]) {
      expect(await view.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual(['ar', 'rtl']);
      expect(await isWhole(view)).toBe(true);
      expect(await view.locator('#root').textContent()).not.toMatch(/__MSG_|undefined/);
    }
  });
});
