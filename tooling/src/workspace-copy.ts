import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { packageFolders, workspaceFiles } from './workspace-files.ts';

export interface WorkspaceCopy {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * A copy of the workspace's files whose links lead into the copy: a change of packages/api there is seen by the copy's
 * apps/extension and by nobody else. Third-party packages are those of this checkout, by links to each: an install that is
 * started in the copy finds no folder of this checkout that it could write to, and pnpm is told not to start one.
 */
export async function copyWorkspace(from: string): Promise<WorkspaceCopy> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'twohop-copy-'));
  const files = await workspaceFiles(from);
  const folders = [...new Set(files.map((file) => dirname(file)))];
  await Promise.all(folders.map((each) => mkdir(join(folder, each), { recursive: true })));
  await Promise.all(files.map((file) => copyFile(join(from, file), join(folder, file))));
  await Promise.all(packageFolders(files).map((each) => linkModules({ from, to: folder, path: join(each, 'node_modules') })));
  await forbidInstalls(join(folder, 'pnpm-workspace.yaml'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** By itself `pnpm run` installs first where it sees no trace of an install. */
async function forbidInstalls(settings: string): Promise<void> {
  if ((await readFile(settings, 'utf8')).includes('verifyDepsBeforeRun')) return;
  await appendFile(settings, '\nverifyDepsBeforeRun: false\n');
}

interface Modules {
  readonly from: string;
  readonly to: string;
  /** The folder `node_modules` or one below, from the root of the workspace. */
  readonly path: string;
}

async function linkModules({ from, to, path }: Modules): Promise<void> {
  const entries = await readdir(join(from, path), { withFileTypes: true }).catch(() => []);
  if (entries.length > 0) await mkdir(join(to, path), { recursive: true });
  await Promise.all(
    entries.map(async (entry) => {
      const inner = join(path, entry.name);
      if (entry.isSymbolicLink()) return symlink(await targetOf(from, inner), join(to, inner));
      if (entry.isDirectory() && (entry.name.startsWith('@') || entry.name === '.bin'))
        return linkModules({ from, to, path: inner });
      return path.endsWith('.bin') ? commandOf(join(from, inner), join(to, inner)) : undefined;
    }),
  );
}

/** A script that runs this checkout's: no link, which an install would write through. */
const commandOf = (command: string, path: string): Promise<void> =>
  writeFile(path, `#!/bin/sh\nexec '${command}' "$@"\n`, { mode: 0o755 });

/** pnpm links relative to the package: `../../packages/api` leads to the copy's, what is in the store to the store's place. */
async function targetOf(from: string, path: string): Promise<string> {
  const target = await readlink(join(from, path));
  const place = resolve(from, dirname(path), target);
  return place.includes(`${sep}.pnpm${sep}`) ? place : target;
}
