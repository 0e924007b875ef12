import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twohop set-up '));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A set-up of two steps in a process of its own; the second hangs while the file `hang` exists. */
const setUp = (inputs = 'v1') => {
  const log = JSON.stringify(join(folder, 'log'));
  const script = `import { appendFileSync, existsSync } from 'node:fs';
import { setUp } from '${import.meta.dirname}/set-up.mjs';
import { createProgress } from '${import.meta.dirname}/progress.mjs';
const step = (name, work) => ({ name, label: name, inputs: '${inputs}', present: () => true, run: async () => { appendFileSync(${log}, name + '\\n'); await work(); } });
const hang = () => { while (existsSync(${JSON.stringify(join(folder, 'hang'))})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); };
await setUp({ folder: ${JSON.stringify(join(folder, 'tools'))}, progress: createProgress(process.stderr), chains: [[step('first', () => {}), step('second', hang)]] });`;
  return execa(process.execPath, ['--input-type=module', '-e', script], { reject: false });
};
const log = async () => (await readFile(join(folder, 'log'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

test('what is done is not done again until its inputs change', async () => {
  expect((await setUp()).exitCode).toBe(0);
  const again = await setUp();
  expect(again.stderr).toBe('');
  expect(await log()).toEqual(['first', 'second']);
  await setUp('v2');
  expect(await log()).toEqual(['first', 'second', 'first', 'second']);
});

test('after kill -9 it goes on where it was', async () => {
  await writeFile(join(folder, 'hang'), '');
  const killed = setUp();
  await vi.waitFor(async () => expect(await log()).toEqual(['first', 'second']), { timeout: 5_000, interval: 20 });
  killed.kill('SIGKILL');
  await killed;
  await unlink(join(folder, 'hang'));
  const { exitCode, stderr } = await setUp();
  expect(exitCode).toBe(0);
  expect(stderr).not.toContain('first');
  expect(await log()).toEqual(['first', 'second', 'second']);
});

test('two at the same time: the second waits, says for whom, and finds all done', async () => {
  await writeFile(join(folder, 'hang'), '');
  const holder = setUp();
  await vi.waitFor(async () => expect(await log()).toEqual(['first', 'second']), { timeout: 5_000, interval: 20 });
  const waiter = setUp();
  let said = '';
  waiter.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(waiter.stderr, 'data');
  expect(said).toBe(`  … waiting for the set-up that process ${holder.pid} is doing\n`);
  await unlink(join(folder, 'hang'));
  expect((await holder).exitCode).toBe(0);
  expect((await waiter).exitCode).toBe(0);
  expect(await log()).toEqual(['first', 'second']);
  expect(existsSync(join(folder, 'tools', 'lock'))).toBe(false);
});
