import { rm } from 'node:fs/promises';
import { type Stack, startStack } from '@twohop/tooling/stack';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { configPath } from './client.ts';
import { type Browser, buildExtension, openBrowser, pictureOfPage } from './extension-browser.ts';
import { type Pages, servePages } from './pages.ts';

export interface Opened {
  readonly page: Page;
  readonly tabId: number;
}

/** What a test file of the extension in pages works with: one stack and one build, and a new browser for each test. */
export function pageSuite() {
  let stack: Stack;
  let pages: Pages;
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    [stack, pages] = await Promise.all([startStack({ env: { TWOHOP_CONFIG: configPath('wide') } }), servePages()]);
    folder = await buildExtension(stack);
  });
  afterAll(async () => {
    await Promise.all([stack?.stop(), pages?.close()]);
    if (folder) await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    browser = await openBrowser(folder);
  });
  afterEach(async () => {
    const { errors } = browser;
    await browser.close();
    expect(errors).toEqual([]);
  });
  /** A page on which the user has clicked the toolbar button. */
  const open = async (name: string): Promise<Opened> => {
    const page = await browser.context.newPage();
    await page.goto(pages.url(name));
    return { page, tabId: await browser.clickButton(page) };
  };
  /** A view about a page, signed in. */
  const viewOf = async (name: 'popup' | 'sidepanel', { tabId }: Opened): Promise<Page> => {
    const view = await browser.openView(name, tabId);
    await button(view, 'Try without an account').click();
    await button(view, 'Mark this page').waitFor();
    return view;
  };
  const signedIn = async (name: string): Promise<Opened & { popup: Page }> => {
    const opened = await open(name);
    return { ...opened, popup: await viewOf('popup', opened) };
  };
  return {
    stack: () => stack,
    folder: () => folder,
    browser: () => browser,
    url: (name: string) => pages.url(name),
    open,
    viewOf,
    signedIn,
  };
}

export const patient = { timeout: 60_000 };
export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });

export async function mark(view: Page): Promise<void> {
  await button(view, 'Mark this page').click();
  await button(view, 'Clear').waitFor();
}

/** A page as its reader sees it, in both schemes. */
export async function screens(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 900, height: 640 });
  await pictureOfPage(page, name);
}

/** What is painted, of all documents that the page can see. */
export const painted = (page: Page, layer = 'twohop-mark') =>
  page.evaluate((layer) => {
    const views = [window, ...Array.from(document.querySelectorAll('iframe'), (frame) => frame.contentWindow)].filter((view) => {
      try {
        return view?.document !== undefined;
      } catch {
        return false;
      }
    });
    return views.flatMap((view) =>
      [...((view as typeof window).CSS.highlights.get(layer) ?? [])].map(({ startContainer, startOffset, endOffset }) =>
        (startContainer as Text).data.slice(startOffset, endOffset),
      ),
    );
  }, layer);

/** Whether the marker's colour is to be seen on a part of a page: a registered highlight may still not be painted. */
export async function isYellow(page: Page, part: string): Promise<boolean> {
  await page.bringToFront();
  const picture = (await page.locator(part).first().screenshot()).toString('base64');
  return page.evaluate(async (picture) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    if (!canvas) throw new Error('This browser has no canvas.');
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    let yellow = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
      if (red > 240 && green > 160 && blue < 190) yellow += 1;
    }
    return yellow > 1_000;
  }, picture);
}
