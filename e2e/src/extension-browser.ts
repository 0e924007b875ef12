import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Stack } from '@twohop/tooling/stack';
import axe from 'axe-core';
import { type BrowserContext, chromium, type Page, type Worker } from 'playwright-core';

const root = new URL('../..', import.meta.url).pathname;

/** Fixed by `key` in the manifest. */
const extensionId = 'ilfmfmfbllljiidhpoaenbdnagcgfoeg';

/** Builds the extension for this stack's addresses into a folder of this run, which the caller deletes. */
export async function buildExtension(
  { urls, projectId, otherServer = '' }: Pick<Stack, 'urls' | 'projectId'> & { readonly otherServer?: string },
  target = 'chrome-mv3',
): Promise<string> {
  const tag = `e2e-${process.pid}`;
  const args = [join(root, 'apps/extension/build.ts'), '--target', target, '--tag', tag];
  const env = {
    ...process.env,
    TWOHOP_ENV: 'development',
    TWOHOP_SERVER_URL: urls.server,
    TWOHOP_OTHER_SERVERS: otherServer,
    FIREBASE_PROJECT_ID: projectId,
    FIREBASE_AUTH_EMULATOR_HOST: new URL(urls.auth).host,
    FIRESTORE_EMULATOR_HOST: new URL(urls.firestore).host,
    GOOGLE_CLIENT_ID: 'tests.apps.googleusercontent.com',
  };
  await promisify(execFile)(process.execPath, args, { env });
  return join(root, `apps/extension/build/${target}-${tag}`);
}

export interface Browser {
  readonly context: BrowserContext;
  /** Addresses of all requests so far, of pages and of the worker. */
  readonly requests: readonly string[];
  /** What pages threw and did not catch. */
  readonly errors: readonly Error[];
  worker(): Promise<Worker>;
  /** What opens after the installation. */
  readonly firstRun: Page;
  openPopup(): Promise<Page>;
  openOptions(): Promise<Page>;
  /** Clicks the toolbar button over a page, as a user does: only that lets the extension read it. Returns the tab's id. */
  clickButton(page: Page): Promise<number>;
  /** A view in a window of its own, beside the tab that it is about. */
  openView(name: 'popup' | 'sidepanel', tabId: number): Promise<Page>;
  close(): Promise<void>;
}

export const browserPath = (): string => {
  const candidates = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  const found = candidates.find((path) => path && existsSync(path));
  if (!found) throw new Error('No Chromium: install one, or set CHROMIUM_PATH to its executable.');
  return found;
};

const flags = [
  '--headless=new',
  '--no-sandbox',
  // For Extensions.triggerAction.
  '--enable-unsafe-extension-debugging',
  '--no-first-run',
  '--disable-component-update',
  '--disable-background-networking',
  '--disable-sync',
  '--mute-audio',
];

/** A real Chromium with a new profile and nothing but this extension, whose first-run page is open. */
export async function openBrowser(extension: string, { language = 'en' } = {}): Promise<Browser> {
  // Else playwright doesn't see what the worker sends.
  process.env['PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS'] = '1';
  const profile = await mkdtemp(join(tmpdir(), 'twohop-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath(),
    headless: false,
    viewport: { width: 400, height: 600 },
    args: [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`, `--lang=${language}`, ...flags],
    // Chromium asks this one for the language of its own texts.
    env: { ...process.env, LANGUAGE: language },
  });
  const requests: string[] = [];
  const errors: Error[] = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('weberror', (event) => errors.push(event.error()));
  const isOurs = (worker: Worker): boolean => worker.url().startsWith(`chrome-extension://${extensionId}/`);
  const worker = async () => context.serviceWorkers().find(isOurs) ?? context.waitForEvent('serviceworker', isOurs);
  const openTab = async (path: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(`chrome-extension://${extensionId}/${path}`);
    return page;
  };
  const evaluate = async <T>(expression: string): Promise<T> => (await worker()).evaluate<T>(expression);
  const isFirstRun = (page: Page): boolean => page.url().endsWith('/tabs/welcome.html');
  const firstRun = context.pages().find(isFirstRun) ?? (await context.waitForEvent('page', isFirstRun));
  return {
    context,
    requests,
    errors,
    worker,
    firstRun,
    clickButton: async (page) => {
      await page.bringToFront();
      await triggerAction(page);
      return evaluate<number>(`chrome.tabs.query({ active: true, windowType: 'normal' }).then(([tab]) => tab.id)`);
    },
    openView: async (name, tabId) => {
      const opened = context.waitForEvent('page', (page) => page.url().includes(`${name}.html?tab=`));
      await evaluate(
        `chrome.windows.create({ url: '/${name}.html?tab=${tabId}', type: 'popup', width: 400, height: 640 }).then(() => null)`,
      );
      return opened;
    },
    openPopup: () => openTab('popup.html'),
    openOptions: () => openTab('options.html'),
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

interface TabTarget {
  readonly targetId: string;
  readonly url: string;
  readonly embedderData?: { readonly tabActive?: boolean };
}

/** The click on the toolbar button, with all that the browser grants for it. Closes the popup that it opens. */
async function triggerAction(page: Page): Promise<void> {
  const devtools = await page.context().browser()?.newBrowserCDPSession();
  if (!devtools) throw new Error('This context has no browser of its own.');
  // Newer than the types.
  const send = devtools.send.bind(devtools) as unknown as <T>(method: string, params: object) => Promise<T>;
  const inFront = async (): Promise<TabTarget | undefined> => {
    const { targetInfos } = await send<{ targetInfos: TabTarget[] }>('Target.getTargets', {
      filter: [{ type: 'tab', exclude: false }],
    });
    // Windows of our views have a tab in front, too, and no toolbar.
    return targetInfos.find(({ embedderData, url }) => embedderData?.tabActive && url === page.url());
  };
  // A tab that has just been opened, or goes to a page of the browser itself, is in front a moment later.
  const { targetId } = await untilFound(inFront);
  await send('Extensions.triggerAction', { id: extensionId, targetId });
  await devtools.detach();
}

/** Looks every 25 ms, for five seconds at most. */
async function untilFound<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let n = 0; n < 200; n += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await setTimeout(25);
  }
  throw new Error('No tab is in front.');
}

/** Ends the worker as the browser does after 30 idle seconds: all its memory is gone. */
export async function stopWorker(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('ServiceWorker.enable');
  await devtools.send('ServiceWorker.stopAllWorkers');
  await devtools.detach();
}

/** A shortcut of the manifest: browsers in tests have no keyboard of their own. */
export async function pressShortcut(worker: Worker, name: string, tabId: number): Promise<void> {
  await worker.evaluate(`chrome.commands.onCommand.dispatch(${JSON.stringify(name)}, { id: ${tabId} })`);
}

/** What a screen reader or a keyboard would trip over in a view, by the rules of axe. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => (globalThis as typeof globalThis & { axe: typeof axe }).axe.run());
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

async function pictureOf(page: Page, name: string, part: string | null): Promise<void> {
  const folder = join(root, 'e2e/screens');
  await mkdir(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const path = join(folder, `${name}-${colorScheme}.png`);
    if (part === null) await page.screenshot({ path });
    else {
      await page.locator(part).screenshot({ path });
      const found = await violations(page);
      if (found.length > 0) throw new Error(`${name}, ${colorScheme}:\n${found.join('\n')}`);
    }
  }
}

/** Pictures of a view of ours in both schemes, `e2e/screens/<name>-light.png` and `-dark.png`. Throws what axe finds in it. */
export const picture = (page: Page, name: string): Promise<void> => pictureOf(page, name, '#root');

/** Pictures of a web page, of which we check nothing. */
export const pictureOfPage = (page: Page, name: string): Promise<void> => pictureOf(page, name, null);
