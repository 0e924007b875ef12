import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picture, pressShortcut, stopWorker } from './extension-browser.ts';
import { button, mark, painted, pageSuite, patient } from './page-suite.ts';

const { stack, browser, url, open, viewOf, signedIn } = pageSuite();

describe('the network', () => {
  it('is the worker’s: the page sends nothing, and nothing is sent before the consent', async () => {
    const { page, tabId } = await open('article');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.url()));
    const worker = await browser().worker();
    await pressShortcut(worker, 'mark-page', tabId);
    const popup = await viewOf('popup', { page, tabId });
    expect(await painted(page)).toEqual([]);
    await mark(popup);
    expect((await painted(page)).length).toBeGreaterThan(0);
    expect(sent).toEqual([]);
  });

  it('a server that is gone is told in words, what was marked stays, and it goes on from there', async () => {
    const { page, popup } = await signedIn('long');
    await button(popup, 'Mark this page').click();
    await expect.poll(() => painted(page).then(({ length }) => length)).toBeGreaterThan(0);
    await stack().kill('server');
    await popup.getByRole('alert').getByText('The server does not answer.').waitFor();
    const before = await painted(page);
    await picture(popup, 'page-failed');
    await stack().restart('server');
    await button(popup, 'Try again').click();
    await expect.poll(() => painted(page).then(({ length }) => length), patient).toBeGreaterThan(before.length);
    await button(popup, 'Cancel').click();
    await expect.poll(() => painted(page)).toEqual([]);
  });

  it('a worker that dies in the middle is started again, and the page is marked whole', async () => {
    const { page, popup } = await signedIn('article');
    stack().process('ml').signal('SIGSTOP');
    try {
      await button(popup, 'Mark this page').click();
      await expect.poll(() => browser().requests.some((url) => url.includes('highlights.run'))).toBe(true);
      await stopWorker(popup);
    } finally {
      stack().process('ml').signal('SIGCONT');
    }
    await popup.getByRole('heading', { name: /^30 of 25\d sentences$/ }).waitFor();
    await button(popup, 'Clear').waitFor();
    expect((await painted(page)).length).toBeGreaterThanOrEqual(30);
  });
});

/** Resolves with the moment at which a highlight is registered, as the page sees it. */
const firstMark = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (CSS.highlights.has('twohop-mark')) resolve(Date.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
  );

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

describe('the pace', () => {
  it('of the first mark on a page of 3,000 words, the median of 20, is printed', async () => {
    const { page, popup, tabId } = await signedIn('article');
    const worker = await browser().worker();
    await mark(popup);
    await page.bringToFront();
    const serverMs: number[] = [];
    browser().context.on('requestfinished', (request) => {
      if (request.url().includes('highlights.run')) serverMs.push(request.timing().responseEnd);
    });
    const firstMs: number[] = [];
    const firstServerMs: number[] = [];
    for (let edition = 1; edition <= 20; edition += 1) {
      await page.goto(url(`article-${edition}`));
      serverMs.length = 0;
      const seen = firstMark(page);
      const clickedMs = Date.now();
      await pressShortcut(worker, 'mark-page', tabId);
      firstMs.push((await seen) - clickedMs);
      await expect.poll(() => worker.evaluate(`chrome.action.getBadgeText({ tabId: ${tabId} })`), patient).toMatch(/^\d+$/);
      firstServerMs.push(serverMs[0] ?? Number.NaN);
    }
    console.log(
      `first mark ${median(firstMs)} ms after the click, of which ${median(firstServerMs).toFixed(0)} ms at the server; all: ${firstMs.join(' ')}`,
    );
    expect(firstMs).toHaveLength(20);
  });

  it('of 500 sentences leaves the page its main thread', async () => {
    const { page, popup } = await signedIn('long-500');
    await page.bringToFront();
    await page.evaluate(() => {
      const tasks: number[] = Object.assign(globalThis, { tasks: [] as number[] }).tasks;
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
        type: 'longtask',
      });
      // One long task of our own shows that they are seen.
      setTimeout(() => {
        const endMs = performance.now() + 80;
        while (performance.now() < endMs);
      });
    });
    const longTasks = () => page.evaluate(() => (globalThis as typeof globalThis & { tasks: number[] }).tasks);
    await expect.poll(longTasks).toHaveLength(1);
    await mark(popup);
    const [, ...ours] = await longTasks();
    console.log(`500 sentences: tasks of the page over 50 ms: ${ours.join(' ') || 'none'}`);
    expect((await painted(page)).length).toBeGreaterThan(40);
  });
});
