import { execa } from 'execa';
import { firstRunnable, onPath } from '../programs.ts';
import { Refusal } from '../refusal.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macApps = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** CHROMIUM_PATH, else the first Chromium or Chrome of this machine. */
const findChromium = (): Promise<string | undefined> =>
  firstRunnable([process.env['CHROMIUM_PATH'], ...onPath(...names), ...macApps]);

/** Installs Debian's where this user may, for the tests in a real browser. @throws Refusal saying how to get one */
export const ensureChromium = async (): Promise<string> => {
  const found = await findChromium();
  if (found) return found;
  const remedy =
    'Chromium is missing, and the tests run in a real one: install it (Debian: `sudo apt-get install chromium`) or set CHROMIUM_PATH.';
  if (process.getuid?.() !== 0) throw new Refusal(remedy);
  const installed =
    (await apt('install', '-y', '--no-install-recommends', 'chromium')) ||
    ((await apt('update')) && (await apt('install', '-y', '--no-install-recommends', 'chromium')));
  const path = installed ? await findChromium() : undefined;
  if (!path) throw new Refusal(remedy);
  return path;
};

const lockedMs = 300_000;

/** Waits while another apt runs: two at once spoil each other's lists. */
const apt = async (...args: string[]): Promise<boolean> => {
  const deadline = performance.now() + lockedMs;
  for (;;) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const { failed, all } = await execa('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      env,
      all: true,
      reject: false,
      stdin: 'ignore',
    });
    if (!failed) return true;
    if (!/Could not get lock/.test(all ?? '') || performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
};
