import { rm } from 'node:fs/promises';
import { freePort } from '@twohop/tooling/ports';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { configPath } from '../client.ts';
import { type Browser, buildExtension, openBrowser, pictureOfPage } from '../extension-browser.ts';
import { type Hop, recordHop } from '../hops.ts';
import { type Pages, servePages } from '../pages.ts';
import { type Stack, startStack } from '../stack.ts';

export type HopName = 'extension → server' | 'extension → sign-in' | 'extension → database' | 'server → model';
type Hops = Readonly<Record<HopName, Hop>>;

/** The whole stack, with a recorder in each of its hops. */
async function startRecorded(): Promise<{ stack: Stack; hops: Hops }> {
  const port = await freePort();
  const model = await recordHop(port);
  const stack = await startStack({ firestore: true, ports: { ml: port }, env: { ML_URL: model.url } });
  const { server, auth, firestore } = stack.ports;
  const [toServer, toSignIn, toDatabase] = await Promise.all([recordHop(server), recordHop(auth), recordHop(firestore)]);
  return {
    stack,
    hops: {
      'extension → server': toServer,
      'extension → sign-in': toSignIn,
      'extension → database': toDatabase,
      'server → model': model,
    },
  };
}

let recorded: Awaited<ReturnType<typeof startRecorded>>;
let other: Hop;
let pages: Pages;
let built: string;
const opened: Browser[] = [];

// One stack and one build for all that is tried in Chromium: each takes longer than most tests.
beforeAll(async () => {
  [recorded, pages] = await Promise.all([startRecorded(), servePages()]);
  const { stack, hops } = recorded;
  const urls = {
    ...stack.urls,
    server: hops['extension → server'].url,
    auth: hops['extension → sign-in'].url,
    firestore: hops['extension → database'].url,
  };
  // The same server under another address is another one to the extension.
  other = await recordHop(stack.ports.server);
  built = await buildExtension({ projectId: stack.projectId, urls, otherServer: other.url });
});
afterEach(async () => {
  const errors = opened.flatMap((browser) => browser.errors);
  await Promise.all(opened.splice(0).map((browser) => browser.close()));
  expect(errors).toEqual([]);
});
afterAll(async () => {
  for (const hop of [other, ...Object.values(recorded?.hops ?? {})]) hop?.close();
  await Promise.all([recorded?.stack.stop(), pages?.close()]);
  if (built) await rm(built, { recursive: true });
});

export const stack = (): Stack => recorded.stack;
export const hops = (): Hops => recorded.hops;
/** To a server that the build names beside its own. */
export const otherServer = (): Hop => other;
export const pageUrl = (name: string): string => pages.url(name);

/** A new browser, as on another machine; it ends with its test. */
export async function newBrowser(options?: { language: string }): Promise<Browser> {
  const browser = await openBrowser(built, options);
  opened.push(browser);
  return browser;
}

let current: Browser;
/** The browser of the test that runs. */
export const browser = (): Browser => current;

/** Inside a `describe`: each of its tests has a browser with a new profile. */
export function withBrowser(): void {
  beforeEach(async () => {
    current = await newBrowser();
  });
}

/** The server's config: the product's own, or one in which nobody reaches a limit and what is seen is the extension's doing. */
type Limits = 'own' | 'none';
let limits: Limits = 'own';
export const restartServer = (): Promise<void> =>
  stack().restart('server', limits === 'own' ? {} : { TWOHOP_CONFIG: configPath('wide') });

/** Inside a `describe`: restarts the server where it has the other config. */
export function withLimits(wanted: Limits): void {
  beforeAll(async () => {
    if (limits === wanted) return;
    limits = wanted;
    await restartServer();
  });
}

export const patient = { timeout: 60_000 };
export const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name });

export interface Shown {
  readonly page: Page;
  readonly tabId: number;
}

/** A page on which the user has clicked the toolbar button. */
export async function open(name: string, { context, clickButton } = current): Promise<Shown> {
  const page = await context.newPage();
  await page.goto(pageUrl(name));
  return { page, tabId: await clickButton(page) };
}

/** A view about a page, signed in. */
export async function viewOf(name: 'popup' | 'sidepanel', { tabId }: Shown): Promise<Page> {
  const view = await current.openView(name, tabId);
  await button(view, 'Try without an account').click();
  await button(view, 'Mark this page').waitFor();
  return view;
}

export async function signedIn(name: string): Promise<Shown & { popup: Page }> {
  const shown = await open(name);
  return { ...shown, popup: await viewOf('popup', shown) };
}

export async function mark(view: Page): Promise<void> {
  await button(view, 'Mark this page').click();
  await button(view, 'Clear').waitFor();
}

/** A page as its reader sees it, in both schemes. */
export async function screens(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ width: 900, height: 640 });
  await pictureOfPage(page, name);
}
