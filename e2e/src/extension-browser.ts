import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stack } from '@twohop/tooling/stack';
import { type BrowserContext, chromium, type Locator, type Page, type Worker } from 'playwright-core';

const root = new URL('../..', import.meta.url).pathname;

/** Fixed by `key` in the manifest. */
const extensionId = 'ilfmfmfbllljiidhpoaenbdnagcgfoeg';

/** Builds the extension for this stack's addresses into a folder of this run, which the caller deletes. */
export async function buildExtension({ urls, projectId }: Stack): Promise<string> {
  const tag = `e2e-${process.pid}`;
  const args = [join(root, 'apps/extension/build.ts'), '--target', 'chrome-mv3', '--tag', tag];
  const env = {
    ...process.env,
    TWOHOP_ENV: 'development',
    TWOHOP_SERVER_URL: urls.server,
    FIREBASE_PROJECT_ID: projectId,
    FIREBASE_AUTH_EMULATOR_HOST: new URL(urls.auth).host,
  };
  await promisify(execFile)(process.execPath, args, { env });
  return join(root, `apps/extension/build/chrome-mv3-${tag}`);
}

export interface Browser {
  readonly context: BrowserContext;
  /** Addresses of all requests so far, of pages and of the worker. */
  readonly requests: readonly string[];
  /** What pages threw and did not catch. */
  readonly errors: readonly Error[];
  worker(): Promise<Worker>;
  openPopup(): Promise<Page>;
  close(): Promise<void>;
}

const browserPath = (): string => {
  const candidates = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  const found = candidates.find((path) => path && existsSync(path));
  if (!found) throw new Error('No Chromium: install one, or set CHROMIUM_PATH to its executable.');
  return found;
};

const quiet = [
  '--no-first-run',
  '--disable-component-update',
  '--disable-background-networking',
  '--disable-sync',
  '--mute-audio',
];

/** A real Chromium with a new profile and nothing but this extension. */
export async function openBrowser(extension: string): Promise<Browser> {
  // Else playwright doesn't see what the worker sends.
  process.env['PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS'] = '1';
  const profile = await mkdtemp(join(tmpdir(), 'twohop-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browserPath(),
    headless: false,
    viewport: { width: 400, height: 600 },
    args: [
      '--headless=new',
      '--no-sandbox',
      `--disable-extensions-except=${extension}`,
      `--load-extension=${extension}`,
      ...quiet,
    ],
  });
  const requests: string[] = [];
  const errors: Error[] = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('weberror', (event) => errors.push(event.error()));
  const isOurs = (worker: Worker): boolean => worker.url().startsWith(`chrome-extension://${extensionId}/`);
  return {
    context,
    requests,
    errors,
    worker: async () => context.serviceWorkers().find(isOurs) ?? context.waitForEvent('serviceworker', isOurs),
    openPopup: async () => {
      const page = await context.newPage();
      await page.goto(`chrome-extension://${extensionId}/popup.html`);
      return page;
    },
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Ends the worker as the browser does after 30 idle seconds: all its memory is gone. */
export async function stopWorker(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('ServiceWorker.enable');
  await devtools.send('ServiceWorker.stopAllWorkers');
  await devtools.detach();
}

/** Pictures of a view in both schemes: `e2e/screens/<name>-light.png` and `-dark.png`. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = join(root, 'e2e/screens');
  await mkdir(folder, { recursive: true });
  const view: Locator = page.locator('#root');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await view.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
}
