import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { clientIn } from './client.ts';
import { openBrowser, picture } from './extension-browser.ts';
import { button, mark, pageSuite } from './page-suite.ts';

const { stack, browser, folder, signedIn } = pageSuite();

/** Pages that are read rather than glanced at have a tab of their own. */
const sheet = { width: 720, height: 860 };

/** Whether a word stands in any row of the ledger. */
function isInLedger(word: string): boolean {
  const ledger = new DatabaseSync(join(stack().directory, 'ledger.db'), { readOnly: true });
  try {
    const tables = ledger.prepare(`select name from sqlite_schema where type = 'table'`).all();
    const rows = tables.flatMap(({ name }) => ledger.prepare(`select * from "${String(name)}"`).all());
    expect(rows.length).toBeGreaterThan(0);
    return rows.some((row) => Object.values(row).some((value) => String(value).includes(word)));
  } finally {
    ledger.close();
  }
}

describe('the first run', () => {
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
  it('colour and density hold for the next page; all that is kept can be taken away, and deleted', async () => {
    const options = await browser().openOptions();
    await options.setViewportSize(sheet);
    await options.getByRole('radio', { name: 'Pink' }).check();
    await options.getByRole('slider', { name: 'How much is marked' }).fill('1');
    await picture(options, 'options-out');
    const { page, popup } = await signedIn('article');
    await mark(popup);
    expect(await popup.getByRole('slider', { name: 'How much is marked' }).inputValue()).toBe('1');
    const colour = () => getComputedStyle(document.body, '::highlight(twohop-mark)').backgroundColor;
    expect(await page.evaluate(colour)).toMatch(/^rgba\(255, 120, 190/);

    const { uid } = await (await clientIn(popup, stack().urls.server)).account.me.query();
    expect(isInLedger(uid)).toBe(true);
    await options.reload();
    await options.getByRole('radio', { name: 'Yellow' }).check();
    const [download] = await Promise.all([options.waitForEvent('download'), button(options, 'Export as a file').click()]);
    const kept = JSON.parse(await readFile(await download.path(), 'utf8')) as { runs: unknown[] };
    expect(kept.runs).toMatchObject([{ procedure: 'highlights.stream', state: 'settled' }]);
    await picture(options, 'options');
    await button(options, 'Delete the account').click();
    await picture(options, 'options-delete');
    await button(options, 'Delete for good').click();
    await options.getByText('The account is deleted.').waitFor();
    expect(isInLedger(uid)).toBe(false);
    await popup.reload();
    await button(popup, 'Try without an account').waitFor();
  });
});

/** Nothing reaches out of a view, whichever side its texts begin on. */
const isWhole = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);

describe('from right to left', () => {
  it('every view speaks the browser’s language, and in its direction', async () => {
    const other = await openBrowser(folder(), { language: 'ar' });
    try {
      await other.firstRun.setViewportSize(sheet);
      await picture(other.firstRun, 'first-run-ar');
      const popup = await other.openPopup();
      await button(popup, 'التجربة بلا حساب').click();
      await button(popup, 'تظليل هذه الصفحة').waitFor();
      const options = await other.openOptions();
      await picture(options, 'options-ar');
      await popup.bringToFront();
      await picture(popup, 'popup-ar');
      for (const view of [popup, options, other.firstRun]) {
        expect(await view.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual(['ar', 'rtl']);
        expect(await isWhole(view)).toBe(true);
        expect(await view.locator('#root').textContent()).not.toMatch(/__MSG_|undefined/);
      }
    } finally {
      await other.close();
    }
  });
});
