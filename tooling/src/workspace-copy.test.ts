import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './root.ts';
import { copyWorkspace, type WorkspaceCopy } from './workspace-copy.ts';
import { packageFolders, workspaceFiles } from './workspace-files.ts';

let copy: WorkspaceCopy;
beforeAll(async () => {
  copy = await copyWorkspace(root);
});
afterAll(() => copy.remove());

test('packages of ours lead into the copy, or a mutation there would be checked against the original', async () => {
  const api = await realpath(join(copy.folder, 'packages/sdk/node_modules/@twohop/api'));
  expect(api).toBe(join(copy.folder, 'packages/api'));
});

test('no link of the copy leads to a folder of this checkout that an install writes to', async () => {
  const links: string[] = [];
  for (const each of packageFolders(await workspaceFiles(copy.folder))) {
    const modules = join(copy.folder, each, 'node_modules');
    const entries = await readdir(modules, { withFileTypes: true, recursive: true }).catch(() => []);
    for (const entry of entries.filter((found) => found.isSymbolicLink())) {
      links.push(resolve(entry.parentPath, await readlink(join(entry.parentPath, entry.name))));
    }
  }
  const outside = links.filter((link) => !link.startsWith(copy.folder));
  expect(links.length).toBeGreaterThan(30);
  expect(outside.filter((link) => !link.includes(`${sep}.pnpm${sep}`))).toEqual([]);
});

test('pnpm does not start an install in it', async () => {
  expect(await readFile(join(copy.folder, 'pnpm-workspace.yaml'), 'utf8')).toMatch(/^verifyDepsBeforeRun: false$/m);
});

test('what git ignores is not copied', () => {
  expect(existsSync(join(copy.folder, 'package.json'))).toBe(true);
  expect(existsSync(join(copy.folder, '.git'))).toBe(false);
  expect(existsSync(join(copy.folder, 'ml-service/.venv'))).toBe(false);
});
