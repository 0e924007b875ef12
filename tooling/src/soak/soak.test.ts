import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { root } from '../root.ts';
import type { Sample } from './inspected.ts';

it('every request of a quick soak ends as it must, and the server’s memory and handles are read', async () => {
  const soak = [join(root, 'tooling/src/soak.ts'), '--quick', '--json'];
  const { stdout, exitCode } = await execa(process.execPath, soak, { reject: false });
  const { ok, requests, users, samples } = JSON.parse(stdout) as { ok: boolean; samples: Sample[] } & Record<string, number>;
  expect([exitCode, ok, requests, users]).toEqual([0, true, 1_500, 300]);
  expect(samples.map((sample) => sample.requests)).toEqual([500, 1_000, 1_500]);
  for (const { heapMb, rssMb, handles, files } of samples) {
    expect(heapMb).toBeGreaterThan(10);
    expect(rssMb).toBeGreaterThan(heapMb);
    expect(handles).toBeGreaterThan(0);
    expect(files).toBeGreaterThan(10);
  }
});

it.each([
  ['--requests', 'give a whole number'],
  ['--minutes', 'give a number above 0'],
])('%s that is no number is refused by name', async (option, told) => {
  const soak = [join(root, 'tooling/src/soak.ts'), option, 'many'];
  const { stderr, exitCode } = await execa(process.execPath, soak, { reject: false });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${option} many: ${told}`)]);
});
