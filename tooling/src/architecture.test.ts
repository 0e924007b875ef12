import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './root.ts';

/** Paths as the documents write them: in back-ticks or as a link's target, with a folder or an ending. */
const pathsIn = (document: string): string[] => {
  const text = readFileSync(join(root, document), 'utf8');
  const quoted = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+)`/g), ...text.matchAll(/`([\w.-]+\.(?:ts|mjs|md|json))`/g)];
  const linked = text.matchAll(/\]\(([\w./-]+)\)/g);
  return [...quoted, ...linked].map(([, path = '']) => path).filter((path) => !path.startsWith('/') && !path.startsWith('127.'));
};

test.each([
  ['ARCHITECTURE.md', 25],
  ['README.md', 8],
])('every file that %s names exists', (document, atLeast) => {
  const paths = pathsIn(document);
  expect(paths.length).toBeGreaterThanOrEqual(atLeast);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
