import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { python, root } from '../root.ts';

export const peersFolder = join(root, '.toolchain', 'peers');

/** A package of the field in an environment of its own, installed once. Returns the folder of its commands. */
export async function pythonPeer(name: string, version: string, extra = ''): Promise<string> {
  const venv = join(peersFolder, `${name}-${version}`);
  const bin = join(venv, 'bin');
  // Written last: an installation that was broken off is begun again.
  const done = join(venv, 'installed');
  if (!existsSync(done)) {
    await execa('uv', ['venv', '-q', '--clear', venv, '--python', python()]);
    await execa('uv', ['pip', 'install', '-q', '--python', join(bin, 'python'), `${name}${extra}==${version}`]);
    await writeFile(done, '');
  }
  return bin;
}
