import { readdir, readFile } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';

/** Decides by the repository's own .gitignore, which holds plain names, globs of names and paths from the root. */
async function ignoreRules(folder: string): Promise<(path: string, name: string) => boolean> {
  const lines = (await readFile(join(folder, '.gitignore'), 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const rules = lines.map((line) => {
    const pattern = line.replace(/^!/, '').replaceAll(/^\/|\/$/g, '');
    return { pattern, ignored: !line.startsWith('!'), byPath: pattern.includes('/') };
  });
  return (path, name) => {
    const last = rules.findLast(({ pattern, byPath }) => matchesGlob(byPath ? path : name, pattern));
    return last?.ignored ?? false;
  };
}

/**
 * Every file of the workspace that git would not ignore, as paths from its root, sorted. It needs no git: a copy without
 * history and a machine without git are checked alike.
 */
export async function workspaceFiles(folder: string): Promise<string[]> {
  const isIgnored = await ignoreRules(folder);
  const walk = async (path: string): Promise<string[]> => {
    const entries = await readdir(join(folder, path), { withFileTypes: true });
    const found = entries.map(async (entry) => {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.name === '.git' || isIgnored(inner, entry.name)) return [];
      return entry.isDirectory() ? walk(inner) : [inner];
    });
    return (await Promise.all(found)).flat();
  };
  return (await walk('')).toSorted();
}

/** The folders that hold a package.json: the root is `.`. */
export function packageFolders(files: readonly string[]): string[] {
  const manifests = files.filter((file) => file === 'package.json' || file.endsWith('/package.json'));
  return manifests.map((file) => file.replace(/\/?package\.json$/, '') || '.');
}
