import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test, vi } from 'vitest';
import { freePort } from './ports.ts';
import { createSupervisor, ProcessFailed, type ProcessSpec, type Supervisor } from './processes.ts';

const supervisors: Supervisor[] = [];
const supervisor = (options?: Parameters<typeof createSupervisor>[0]): Supervisor => {
  const created = createSupervisor(options);
  supervisors.push(created);
  return created;
};
afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((each) => each.stop()));
});

const node = (script: string, ready: ProcessSpec['ready'], more: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name: 'child',
  command: process.execPath,
  args: ['-e', script],
  ready,
  ...more,
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const forever = 'setInterval(() => undefined, 1000);';
/** Prints its own and its child's number; neither heeds SIGINT. */
const stubborn = `process.on('SIGINT', () => undefined);
const child = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGINT', () => {}); setInterval(() => {}, 1000)"]);
console.log(['pids', process.pid, child.pid].join(' '));${forever}`;

const pidsIn = (log: readonly string[]): number[] =>
  (log.find((line) => line.startsWith('pids')) ?? '').split(' ').slice(1).map(Number);

test('is ready when its URL answers, and its log holds what it said', async () => {
  const port = await freePort();
  const serve = `console.log('hello'); require('node:http').createServer((_, r) => r.end()).listen(${port}, '127.0.0.1')`;
  const running = await supervisor().start(node(serve, { url: `http://127.0.0.1:${port}/` }));
  expect(running.log()).toEqual(['hello']);
  await running.stop();
  expect(await running.ended).toEqual({ code: undefined, signal: 'SIGINT' });
});

test('is ready when a line appears, on either stream', async () => {
  const running = await supervisor().start(node(`console.error('now listening');${forever}`, { line: /listening/ }));
  expect(running.readyMs).toBeGreaterThan(0);
});

test('one that ends before it is ready fails with its code and its last lines', async () => {
  const start = supervisor().start(node(`console.error('no such table'); process.exit(3)`, { line: /never/ }));
  await expect(start).rejects.toThrow(ProcessFailed);
  await expect(start).rejects.toThrow(/^child ended with code 3 before it was ready\. Its last lines:\n {2}│ no such table$/);
});

test('one that is not ready in time is ended', async () => {
  const start = supervisor().start(
    node(`console.log('pids ' + process.pid);${forever}`, { line: /never/ }, { readyWithinMs: 400 }),
  );
  await expect(start).rejects.toThrow('child was not ready within 0.4 s. Its last lines:\n  │ pids');
  const error = (await start.catch((reason: Error) => reason)) as Error;
  expect(alive(Number(/pids (\d+)/.exec(error.message)?.[1]))).toBe(false);
});

test('a program that does not exist is named', async () => {
  const start = supervisor().start({ name: 'child', command: 'no-such-program', ready: 'exit' });
  await expect(start).rejects.toThrow(/child could not be started before it was ready.*no-such-program/s);
});

test('stop ends the whole group, with SIGKILL where SIGINT is not heeded', async () => {
  const running = await supervisor().start(node(stubborn, { line: /pids/ }, { graceMs: 200 }));
  const pids = pidsIn(running.log());
  expect(pids).toHaveLength(2);
  await running.stop();
  expect(pids.map(alive)).toEqual([false, false]);
});

test('stop ends a process that left its group', async () => {
  const escape = `const child = require('node:child_process').spawn(process.execPath, ['-e', '${forever}'], { detached: true });
console.log('pids ' + child.pid);${forever}`;
  const own = supervisor();
  const running = await own.start(node(escape, { line: /pids/ }));
  const [escaped = 0] = pidsIn(running.log());
  expect(alive(escaped)).toBe(true);
  await own.stop();
  // Its entry in the table goes when the machine's first process takes note.
  await vi.waitFor(() => expect(alive(escaped)).toBe(false), { timeout: 3_000, interval: 20 });
}, 15_000);

test('nothing is left, the scratch folder included, when the supervising process is killed', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'twohop-scratch-'));
  const script = `import { createSupervisor } from '${import.meta.dirname}/processes.ts';
const supervisor = createSupervisor({ scratch: '${scratch}', onLine: (_, line) => console.log(line) });
await supervisor.start({ name: 'child', command: process.execPath, args: ['-e', ${JSON.stringify(stubborn.replaceAll('\n', ' '))}], ready: { line: /pids/ } });
process.kill(process.pid, 'SIGKILL');`;
  const { stdout, signal } = await execa(process.execPath, ['--input-type=module-typescript', '-e', script], { reject: false });
  expect(signal).toBe('SIGKILL');
  const pids = pidsIn(stdout.split('\n'));
  expect(pids).toHaveLength(2);
  await vi.waitFor(() => expect([...pids.map(alive), existsSync(scratch)]).toEqual([false, false, false]), {
    timeout: 15_000,
    interval: 50,
  });
}, 20_000);

test('after stop nothing can be started', async () => {
  const own = supervisor();
  await own.stop();
  await expect(own.start(node(forever, 'started'))).rejects.toThrow('child was not started: everything is being stopped.');
});
