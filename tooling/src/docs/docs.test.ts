import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCodes } from '@twohop/api/errors';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import { configRows } from './config-rows.ts';

describe('the site', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'twohop-docs-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // Without the code of the client's side, which takes half the time and has no links.
  it('is built without a dead link, with what the code says and the files that it links to', async () => {
    const { exitCode, all } = await execa(
      join(root, 'docs/node_modules/.bin/vitepress'),
      ['build', '--mpa', '--outDir', folder],
      {
        cwd: join(root, 'docs'),
        all: true,
        reject: false,
      },
    );
    expect(exitCode, all).toBe(0);
    const errors = await readFile(join(folder, 'reference/errors.html'), 'utf8');
    for (const code of errorCodes) expect(errors).toContain(`>${code}<`);
    expect(existsSync(join(folder, 'source/packages/api/openapi.json.txt'))).toBe(true);
    expect(await readFile(join(folder, 'recipes/node-script.html'), 'utf8')).toContain('streamHighlights');
  });
});

describe('fields of the config', () => {
  const source = `
    const Inner = z.strictObject({ count: z.int() });
    const Config = z.strictObject({
      /** Its plans. */
      plans: z.record(z.string(), Inner),
      inner: Inner.optional(),
      last: z.string().optional(),
    });`;

  it('have their comment and what ships, below names and what is optional too', () => {
    expect(configRows(source, { plans: { free: { count: 3 } }, inner: { count: 4 } })).toEqual([
      { field: 'plans', ships: '', text: 'Its plans.' },
      { field: 'plans.<name>.count', ships: '`3`', text: '' },
      { field: 'inner.count', ships: '`4`', text: '' },
      { field: 'last', ships: '', text: '' },
    ]);
  });

  it('are never none', () => {
    expect(() => configRows('const Other = 1;', {})).toThrow('has no schema `Config`');
  });
});
