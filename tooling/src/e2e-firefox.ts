import { join } from 'node:path';
import { execa } from 'execa';
import { runCommand } from './command.ts';
import { firstRunnable, onPath } from './programs.ts';
import { Refusal } from './refusal.ts';
import { root } from './root.ts';

/** FIREFOX_PATH, else the first Firefox of this machine. */
async function firefoxPath(): Promise<string> {
  const candidates = [...onPath('firefox', 'firefox-esr'), '/Applications/Firefox.app/Contents/MacOS/firefox'];
  const path = await firstRunnable([process.env['FIREFOX_PATH'], ...candidates]);
  if (path) return path;
  throw new Refusal('Firefox is missing: install it (Debian: `sudo apt-get install firefox-esr`) or set FIREFOX_PATH.');
}

/** `npm run e2e:firefox`: the extension's main path in a real Firefox. Apart from `npm test`, which asks for one browser. */
await runCommand(async () => {
  const env = { FIREFOX_PATH: await firefoxPath() };
  const { exitCode = 1 } = await execa(process.execPath, ['src/firefox.ts'], {
    cwd: join(root, 'e2e'),
    env,
    stdio: 'inherit',
    reject: false,
  });
  return exitCode;
});
