import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { firstRunnable, onPath } from './programs.ts';
import { Refusal } from './refusal.ts';
import { root } from './root.ts';

/** That of this machine, else Debian's, unpacked beside our other tools. @throws Refusal saying how to get one */
export async function promtool(): Promise<string> {
  const own = join(root, '.toolchain', 'promtool');
  const found = await firstRunnable([...onPath('promtool'), own]);
  if (found) return found;
  const folder = await mkdtemp(join(tmpdir(), 'twohop-promtool-'));
  try {
    await execa('apt-get', ['-q', 'download', 'prometheus'], { cwd: folder });
    await execa('sh', ['-c', 'dpkg-deb -x prometheus_*.deb .'], { cwd: folder });
    await mkdir(join(root, '.toolchain'), { recursive: true });
    await execa('cp', [join(folder, 'usr/bin/promtool'), `${own}.part`]);
    await rename(`${own}.part`, own);
    return own;
  } catch (error) {
    throw new Refusal(
      `promtool is missing, and the alert rules are tested by it: install Prometheus (Debian: \`sudo apt-get install prometheus\`). ${String(error).split('\n')[0]}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
