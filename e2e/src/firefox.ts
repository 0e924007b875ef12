/**
 * The extension in a real Firefox over the whole stack: it loads, asks for consent, and marks a page. Started by
 * `npm run e2e:firefox`, which sets FIREFOX_PATH.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '@twohop/tooling/ports';
import { startStack } from '@twohop/tooling/stack';
import { buildExtension } from './extension-browser.ts';
import { connectMarionette, type Marionette } from './marionette.ts';
import { servePages } from './pages.ts';

const addonId = 'highlights@twohop.dev';
const patienceMs = 60_000;

/** Looks four times a second until there is something. */
async function until<T>(what: string, look: () => Promise<T | null | false>): Promise<T> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 250) {
    const found = await look().catch(() => null);
    if (found) return found;
    await setTimeout(250);
  }
  throw new Error(`Firefox: waited in vain for ${what}`);
}

async function startFirefox(profile: string) {
  const port = await freePort();
  const preferences = {
    'marionette.port': port,
    'datareporting.policy.dataSubmissionEnabled': false,
    'app.update.disabledForTesting': true,
  };
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, 'user.js'), lines.join('\n'));
  const args = ['--headless', '--marionette', '--remote-allow-system-access', '--no-remote', '--profile', profile];
  const child = spawn(process.env['FIREFOX_PATH'] ?? 'firefox', args, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const marionette = await until('its start', () => connectMarionette(port));
  await marionette.send('WebDriver:NewSession', { capabilities: { alwaysMatch: { acceptInsecureCerts: false } } });
  const stop = async (): Promise<void> => {
    marionette.close();
    child.kill();
    await ended;
  };
  return { marionette, stop };
}

/** Goes to the tab whose address has this in it. */
const showTab = (marionette: Marionette, part: string): Promise<true> =>
  until(`the tab ${part}`, async () => {
    await marionette.send('Marionette:SetContext', { value: 'content' });
    for (const handle of await marionette.send<string[]>('WebDriver:GetWindowHandles')) {
      await marionette.send('WebDriver:SwitchToWindow', { handle });
      const { value } = await marionette.send<{ value: string }>('WebDriver:GetCurrentURL');
      if (value.includes(part)) return true;
    }
    return false;
  });

const click = (marionette: Marionette, name: string): Promise<true> =>
  until(`the button ${name}`, () =>
    marionette.run<true | false>(
      'content',
      `const [name, done] = arguments;
      const found = [...document.querySelectorAll('button:enabled')].find(({ textContent }) => textContent === name);
      found?.click();
      done(Boolean(found));`,
      [name],
    ),
  );

/** What the click on the toolbar button grants, and the address of a popup that is about the tab in front. */
const grantTab = (marionette: Marionette): Promise<string> =>
  marionette.run<string>(
    'chrome',
    `const [id, done] = arguments;
    const { extension } = WebExtensionPolicy.getByID(id);
    const tab = Services.wm.getMostRecentWindow('navigator:browser').gBrowser.selectedTab;
    extension.tabManager.addActiveTabPermission(tab);
    done(extension.baseURL + 'popup.html?tab=' + extension.tabManager.getWrapper(tab).id);`,
    [addonId],
  );

async function mainPath(marionette: Marionette, { folder, url }: { folder: string; url: string }): Promise<number> {
  await marionette.send('Addon:Install', { path: folder, temporary: true });
  await showTab(marionette, '/tabs/welcome.html');
  await click(marionette, 'Agree and start');
  await until('the sign-in', () =>
    marionette.run<boolean>('content', `arguments[0](document.body.textContent.includes('Ready: open any page'))`),
  );
  await marionette.send('WebDriver:Navigate', { url });
  const popup = await grantTab(marionette);
  await marionette.send('WebDriver:NewWindow', { type: 'tab', focus: false });
  await marionette.run(
    'chrome',
    `const [url, done] = arguments;
    const { gBrowser } = Services.wm.getMostRecentWindow('navigator:browser');
    gBrowser.addTrustedTab(url);
    done(true);`,
    [popup],
  );
  await showTab(marionette, '/popup.html');
  await click(marionette, 'Mark this page');
  await showTab(marionette, url);
  return until('marks', () => marionette.run<number>('content', `arguments[0](CSS.highlights.get('twohop-mark')?.size ?? 0)`));
}

const [stack, pages, profile] = await Promise.all([startStack(), servePages(), mkdtemp(join(tmpdir(), 'twohop-firefox-'))]);
const folder = await buildExtension(stack, 'firefox-mv3');
const firefox = await startFirefox(profile);
try {
  const marks = await mainPath(firefox.marionette, { folder, url: pages.url('article') });
  console.log(`Firefox: loaded, agreed, signed in, and ${marks} stretches of a page are marked`);
} finally {
  await firefox.stop();
  await Promise.all([
    stack.stop(),
    pages.close(),
    ...[folder, profile].map((path) => rm(path, { recursive: true, force: true })),
  ]);
}
