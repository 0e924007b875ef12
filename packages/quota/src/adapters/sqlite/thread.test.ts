import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { type Store, StoreDown } from '../../ports.ts';
import { request, used, userDay } from '../../testing/requests.ts';
import { laneStore } from '../lane-store.ts';
import { openLane } from '../lane.ts';
import { openThread, startWorker } from './thread.ts';

const folder = mkdtempSync(join(tmpdir(), 'twohop-thread-'));
afterAll(() => rmSync(folder, { recursive: true }));

const RECOVERY_MS = 5_000;
const LIMIT = 1_000_000;
const lines = [userDay(LIMIT, 10)];

let files = 0;
let threads: Worker[] = [];
/** What the next start of a thread waits for. */
let mayStart: Promise<unknown> = Promise.resolve();
beforeEach(() => {
  threads = [];
  mayStart = Promise.resolve();
});

/** The store as it is, with its threads at hand. */
async function open(): Promise<Store> {
  const thread = await openThread(join(folder, `${++files}.db`), async (path) => {
    await mayStart;
    const worker = await startWorker(path);
    threads.push(worker);
    return worker;
  });
  const [writes, reads] = [openLane(thread.writes, { deadlineMs: 2_000 }), openLane(thread.reads, { deadlineMs: 2_000 })];
  const close = async () => {
    await Promise.all([writes.close(), reads.close()]);
    await thread.close();
  };
  return laneStore({ writes, reads, prunes: writes, surveys: reads, close });
}

const dayOf = async (store: Store) => (await store.usage(request({ lines }))).lines[0];
const back = (store: Store) =>
  expect.poll(() => store.isKilled().then(() => 'back', String), { timeout: RECOVERY_MS, interval: 20 }).toBe('back');

it('whatever spends is refused while the thread is gone, and its place is taken', async () => {
  const store = await open();
  const start = Promise.withResolvers<void>();
  mayStart = start.promise;
  await threads[0]?.terminate();
  await expect(store.reserve(request({ lines }))).rejects.toThrow(StoreDown);
  await expect(store.isKilled()).rejects.toThrow(StoreDown);
  start.resolve();
  await back(store);
  expect(await store.reserve(request({ lines }))).toEqual({ kind: 'held' });
  await store.close();
});

it('a thread that cannot be started is tried again, and the end of the store ends the trying', async () => {
  const store = await open();
  mayStart = Promise.reject(new Error('the disk is away'));
  await mayStart.catch(() => undefined);
  await threads[0]?.terminate();
  await expect(store.reserve(request({ lines }))).rejects.toThrow(StoreDown);
  mayStart = Promise.resolve();
  await back(store);
  await store.close();
});

it('of threads that die at work no run is lost and none is charged twice', async () => {
  const store = await open();
  let held = 0;
  const end = new AbortController();
  const run = async () => {
    const asked = request({ lines });
    const kind = await store.reserve(asked).then((result) => result.kind, String);
    if (kind !== 'held') return;
    held += 1;
    // Decided is decided: what was told to be held is settled, whichever thread is there.
    await store.settle(used(asked.runId, 7));
  };
  const load = Array.from({ length: 8 }, async () => {
    // A refusal needs no turn of the event loop, and asking again at once would leave none for the next thread's first word.
    for (; !end.signal.aborted; await turn()) await run();
  });
  for (let killed = 0; killed < 5; killed += 1) {
    await back(store);
    const before = held;
    await expect.poll(() => held, { timeout: RECOVERY_MS, interval: 1 }).toBeGreaterThan(before + 5);
    await threads.at(-1)?.terminate();
  }
  end.abort();
  await Promise.all(load);
  await back(store);
  // What was refused and may have been held is given back by its id.
  await expect.poll(() => dayOf(store), { timeout: RECOVERY_MS }).toEqual({ settled: 7 * held, held: 0 });
  expect(threads.length).toBeGreaterThan(5);
  await store.close();
});
