import { describe, expect, it } from 'vitest';
import { picture, pressShortcut } from '../extension-browser.ts';
import { longPages } from '../pages.ts';
import { isYellow, painted } from './painted.ts';
import { browser, button, mark, screens, signedIn, withBrowser, withLimits } from './suite.ts';

describe('marks', () => {
  withLimits('none');
  withBrowser();

  it('an article: its sentences, and nothing of what stands around them; the page is not changed', async () => {
    const { page, popup, tabId } = await signedIn('article');
    await page.evaluate(() => {
      const counted = Object.assign(globalThis, { before: document.documentElement.outerHTML, changes: 0 });
      new MutationObserver(({ length }) => (counted.changes += length)).observe(document, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
    });
    await picture(popup, 'page-unmarked');
    await mark(popup);
    await popup.getByRole('heading', { name: /^(29|30|31) of 25\d sentences$/ }).waitFor();
    await picture(popup, 'page-marked');
    const text = (await painted(page)).join('');
    expect(text).not.toMatch(/Subscribe|rights|editors/);
    // Cut by a link and its bold half in the page.
    expect(text).toMatch(/visitors/);
    const unchanged = () => {
      const { before, changes } = globalThis as typeof globalThis & { before: string; changes: number };
      return document.documentElement.outerHTML === before && changes === 0;
    };
    expect(await page.evaluate(unchanged)).toBe(true);
    expect(await isYellow(page, 'article')).toBe(true);
    expect(await isYellow(page, 'aside')).toBe(false);
    expect(await (await browser().worker()).evaluate(`chrome.action.getBadgeText({ tabId: ${tabId} })`)).toMatch(/^(29|30|31)$/);
    await page.bringToFront();
    await screens(page, 'article');
  });

  it('are more or fewer by the slider, without another call', async () => {
    const { page, popup } = await signedIn('article');
    await mark(popup);
    const calls = () => browser().requests.filter((url) => url.includes('/highlights.stream')).length;
    const before = calls();
    const shown = async () => Number((await popup.getByText(/^. \/ \d+$/).textContent())?.slice(4));
    const now = async () => ({ shown: await shown(), painted: (await painted(page)).length });
    let last = await now();
    const counts: number[] = [];
    const slider = popup.getByRole('slider', { name: 'How much is marked' });
    for (const density of ['1', '5']) {
      await slider.fill(density);
      // The page and the view change one after the other.
      await expect.poll(async () => (await now()).painted).not.toBe(last.painted);
      await expect.poll(async () => (await now()).shown).not.toBe(last.shown);
      last = await now();
      counts.push(last.shown);
    }
    expect(counts[0]).toBeLessThan(counts[1]!);
    expect(calls()).toBe(before);
  });

  it('are gone through by keys, in circles, and cleared by one', async () => {
    const { page, popup, tabId } = await signedIn('article');
    const worker = await browser().worker();
    await mark(popup);
    await page.bringToFront();
    const press = (name: string) => pressShortcut(worker, name, tabId);
    const current = () => painted(page, 'twohop-current').then((texts) => texts.join(''));
    await press('previous-mark');
    await expect.poll(current).not.toBe('');
    const last = await current();
    const isInSight = () => {
      const [range] = CSS.highlights.get('twohop-current') ?? [];
      const { top, bottom } = range!.startContainer.parentElement!.getBoundingClientRect();
      return top < innerHeight && bottom > 0;
    };
    expect(await page.evaluate(isInSight)).toBe(true);
    await screens(page, 'article-current');
    await press('next-mark');
    await expect.poll(current).not.toBe(last);
    expect((await painted(page)).join('')).toContain(await current());
    await press('previous-mark');
    await expect.poll(current).toBe(last);
    await press('mark-page');
    await expect.poll(() => painted(page)).toEqual([]);
    expect(await painted(page, 'twohop-current')).toEqual([]);
    await button(popup, 'Mark this page').waitFor();
  });

  it('stay while an application renders anew, and leave with what they stood on', async () => {
    const { page, popup } = await signedIn('application');
    await mark(popup);
    await page.bringToFront();
    const before = await painted(page);
    expect(before.length).toBeGreaterThan(10);
    const isPainted = () => [...(CSS.highlights.get('twohop-mark') ?? [])].every((range) => range.startContainer.isConnected);
    for (const change of ['renderAgain', 'renderMore']) {
      await page.evaluate(`window.${change}()`);
      await expect.poll(() => page.evaluate(isPainted)).toBe(true);
      expect(await painted(page)).toEqual(before);
    }
    await page.evaluate('window.leave()');
    await expect.poll(() => painted(page)).toEqual([]);
  });

  it('reach into shadow trees, slots and frames of the same origin, and into no other', async () => {
    const { page, popup, tabId } = await signedIn('nested');
    await mark(popup);
    const worker = await browser().worker();
    const tell = <T>(name: string, input: unknown) =>
      worker.evaluate<T>(`chrome.tabs.sendMessage(${tabId}, ${JSON.stringify({ name, input })})`);
    const { text } = await tell<{ text: string }>('text', null);
    for (const [part, passage] of [
      ['x-open', 'The open shadow tree keeps a sentence about deep harbours.'],
      ['x-closed', 'The closed shadow tree keeps a sentence about high mountains.'],
      ['iframe', 'The frame of the same origin keeps a sentence about wide deserts.'],
    ] as const) {
      expect(text.split(passage), passage).toHaveLength(2);
      await tell('show', { text: passage, start: text.indexOf(passage) });
      expect((await painted(page, 'twohop-current')).join(''), passage).toBe(passage);
      expect(await isYellow(page, part), passage).toBe(true);
    }
    expect(text).not.toContain('hidden sentence');
  });

  it.each([
    ['arabic', /[\u0600-\u06ff]/],
    ['japanese', /[\u3040-\u30ff]/],
  ])('whole sentences of %s', async (name, script) => {
    const { page, popup } = await signedIn(name);
    await mark(popup);
    const texts = await painted(page);
    expect(texts.length).toBeGreaterThanOrEqual(1);
    for (const text of texts) expect(text).toMatch(script);
    for (const text of texts) expect(text).toMatch(/[.。]$/);
    await page.bringToFront();
    await screens(page, name);
  });

  it(`a document of ${longPages} pages is read after a question, in parts, and its first marks show long before the last`, async () => {
    const calls = () => browser().requests.filter((url) => url.includes('/highlights.stream')).length;
    const { page, popup } = await signedIn('long');
    await button(popup, 'Mark this page').click();
    await popup.getByText(/^(What it takes is not known yet|It takes about)/).waitFor();
    expect(calls()).toBe(0);
    await picture(popup, 'page-long');
    await button(popup, 'Mark all of it').click();
    await popup.getByText(/^([1-9]|[1-4]\d) ?% read$/).waitFor();
    expect((await painted(page)).length).toBeGreaterThan(0);
    await picture(popup, 'page-reading');
    await button(popup, 'Clear').waitFor({ timeout: 1_000 * longPages + 30_000 });
    expect(calls()).toBeLessThanOrEqual(15);
    expect(await popup.getByRole('alert').count()).toBe(0);
    expect((await painted(page)).length).toBeGreaterThan(longPages);
  }, 300_000);

  it('a page without text, and one that no extension may read, are told as such', async () => {
    const { popup } = await signedIn('empty');
    await button(popup, 'Mark this page').click();
    await popup.getByRole('alert').waitFor();
    expect(await popup.getByRole('alert').textContent()).toBe('There is no text on this page.');
    const page = await browser().context.newPage();
    await page.goto('chrome://version');
    const view = await browser().openView('popup', await browser().clickButton(page));
    await button(view, 'Mark this page').click();
    await view.getByRole('alert').waitFor();
    expect(await view.getByRole('alert').textContent()).toMatch(/^This page cannot be read from here/);
    await picture(view, 'page-closed');
  });
});
