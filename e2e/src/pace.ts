/**
 * How fast the extension is, in a real Chromium over the whole stack: one JSON object on standard output. Started by
 * `npm run bench -- extension`; the argument is how many times the first mark and the popup are measured.
 */
import { rm } from 'node:fs/promises';
import { startStack } from '@twohop/tooling/stack';
import type { Page } from 'playwright-core';
import { configPath } from './client.ts';
import { type Browser, buildExtension, openBrowser, pressShortcut } from './extension-browser.ts';
import { servePages } from './pages.ts';

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

/** Resolves when nothing is left to read: the button then says how many marks there are. */
async function marked(browser: Browser, tabId: number): Promise<void> {
  const worker = await browser.worker();
  await worker.evaluate(`new Promise((resolve) => {
    const look = async () => (/^\\d+$/.test(await chrome.action.getBadgeText({ tabId: ${tabId} })) ? resolve(null) : setTimeout(look, 20));
    look();
  })`);
}

/** Milliseconds from the shortcut to the first mark on pages of 3,000 words, and to the server's first answer within them. */
async function measureFirstMarks(browser: Browser, url: (name: string) => string, times: number) {
  const page = await browser.context.newPage();
  await page.goto(url('article'));
  const tabId = await browser.clickButton(page);
  const worker = await browser.worker();
  const mark = () => pressShortcut(worker, 'mark-page', tabId);
  // The first one wakes everything up.
  await mark();
  await marked(browser, tabId);
  const serverMs: number[] = [];
  browser.context.on('request', (request) => {
    if (request.url().includes('/highlights.stream'))
      void request.response().then(() => serverMs.push(request.timing().responseStart));
  });
  const firstMs: number[] = [];
  for (let edition = 1; edition <= times; edition += 1) {
    await page.goto(url(`article-${edition}`));
    const seen = firstMark(page);
    const clickedMs = Date.now();
    await mark();
    firstMs.push((await seen) - clickedMs);
    await marked(browser, tabId);
  }
  await page.close();
  return { firstMs, serverMs };
}

/** Tasks of more than 50 ms on the main thread of a page of 500 sentences while it is marked. */
async function measureLongTasks(browser: Browser, url: (name: string) => string): Promise<number[]> {
  const page = await browser.context.newPage();
  await page.goto(url('long-500'));
  const tabId = await browser.clickButton(page);
  await page.evaluate(() => {
    const tasks: number[] = Object.assign(globalThis, { tasks: [] as number[] }).tasks;
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
    observer.observe({ type: 'longtask' });
  });
  const tasks = () => page.evaluate(() => (globalThis as typeof globalThis & { tasks: number[] }).tasks);
  await pressShortcut(await browser.worker(), 'mark-page', tabId);
  await marked(browser, tabId);
  const ours = [...(await tasks())];
  // One long task of our own shows that they are seen. What the debugger runs by itself is none: the page has to.
  await page.evaluate(() => {
    setTimeout(() => {
      const endMs = performance.now() + 80;
      while (performance.now() < endMs);
    });
  });
  await page.waitForFunction(
    (before) => (globalThis as typeof globalThis & { tasks: number[] }).tasks.length > before,
    ours.length,
  );
  await page.close();
  return ours;
}

/** Milliseconds from the beginning of the popup to a button that can be pressed. */
async function measurePopups(browser: Browser, times: number): Promise<number[]> {
  await browser.context.addInitScript(() => {
    const look = (): void => {
      if (document.querySelector('.button.wide:enabled')) Object.assign(globalThis, { interactiveMs: performance.now() });
      else requestAnimationFrame(look);
    };
    look();
  });
  const popupMs: number[] = [];
  for (let n = 0; n < times; n += 1) {
    const popup = await browser.openPopup();
    const handle = await popup.waitForFunction(
      () => (globalThis as typeof globalThis & { interactiveMs?: number }).interactiveMs,
    );
    popupMs.push((await handle.jsonValue()) ?? Number.NaN);
    await popup.close();
  }
  return popupMs;
}

const times = Number(process.argv[2] ?? 20);
const [stack, pages] = await Promise.all([startStack({ env: { TWOHOP_CONFIG: configPath('wide') } }), servePages()]);
const folder = await buildExtension(stack);
const browser = await openBrowser(folder);
try {
  await browser.firstRun.getByRole('button', { name: 'Agree and start' }).click();
  await browser.firstRun.getByRole('heading', { name: 'Ready: open any page' }).waitFor();
  const first = await measureFirstMarks(browser, pages.url, times);
  const longTasksMs = await measureLongTasks(browser, pages.url);
  console.log(JSON.stringify({ ...first, longTasksMs, popupMs: await measurePopups(browser, times) }));
} finally {
  await browser.close();
  await Promise.all([stack.stop(), pages.close(), rm(folder, { recursive: true })]);
}
