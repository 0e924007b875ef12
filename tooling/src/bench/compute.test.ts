import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../root.ts';
import { benchCompute } from './compute.ts';

it('a quick one measures the real model, larger pages above smaller ones, and leaves what was recorded as it is', async () => {
  const file = join(root, 'docs/benchmarks/compute.json');
  const before = await readFile(file, 'utf8');
  const { results, ratios } = await benchCompute({ quick: true, tell: () => undefined });
  expect(results.map(({ name }) => name)).toEqual(['page of 250 characters', 'page of 2000 characters']);
  const [small = 0, large = 0] = [250, 2_000].map((chars) => ratios[`compute of ${chars} characters, ms, p50`]);
  expect(small).toBeGreaterThan(0);
  expect(large).toBeGreaterThan(small);
  expect(await readFile(file, 'utf8')).toBe(before);
});
