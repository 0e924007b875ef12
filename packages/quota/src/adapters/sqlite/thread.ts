import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { BatchFailed, type Transport } from '../transport.ts';
import { type Checkpointer, startCheckpointer } from './checkpoints.ts';
import { endThread } from './end-thread.ts';
import type { Batch, Reply } from './worker.ts';

/** A store that cannot write is not asked again for so long, and a thread that could not be started is tried again. */
const DOWN_MS = 100;

/** The thread that has the file, and the two ways to it. */
export interface Thread {
  readonly writes: Transport;
  /** Served also while a write waits for the file's lock. */
  readonly reads: Transport;
  close(): Promise<void>;
}

/** Starts the thread: resolves when it has the file. @throws Error when the file cannot be opened. */
export type StartWorker = (path: string) => Promise<Worker>;

export const startWorker: StartWorker = async (path) => {
  // Its garbage is small and dies at once: collected often it costs less than a millisecond, while callers wait for no more.
  const resourceLimits = { maxYoungGenerationSizeMb: 1 };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { path }, resourceLimits });
  await new Promise<void>((resolve, reject) => {
    // Not the first message: under `node --watch` Node's own objects come through the same port.
    worker.on('message', (message) => message === 'ready' && resolve());
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread of the ledger ended at its start')));
  });
  worker.unref();
  return worker;
};

interface State {
  readonly path: string;
  readonly start: StartWorker;
  readonly waiting: Map<number, PromiseWithResolvers<readonly unknown[]>>;
  /** Null while there is none: one has died, and the next is not yet there. */
  worker: Worker | null;
  closed: boolean;
  /** Told when there is a thread again. */
  readonly revived: (() => void)[];
}

/**
 * A thread that dies takes the transaction it was in with it, and nobody knows whether that had become durable: its callers are
 * told so, whatever spends is refused, and another thread takes its place.
 *
 * @throws Error when the file cannot be opened.
 */
export async function openThread(path: string, start: StartWorker = startWorker): Promise<Thread> {
  const state: State = { path, start, waiting: new Map(), worker: null, closed: false, revived: [] };
  attach(state, await start(path));
  const checkpointer = startCheckpointer(path);
  let lastId = 0;
  const post = (calls: string, writes: boolean) => {
    if (!state.worker) return Promise.reject(new BatchFailed('down', 'the ledger has no thread'));
    const id = ++lastId;
    const asked = Promise.withResolvers<readonly unknown[]>();
    state.waiting.set(id, asked);
    state.worker.postMessage({ id, calls, writes } satisfies Batch);
    return asked.promise;
  };
  return {
    writes: transport(state, (calls) => post(calls, true)),
    reads: transport(state, (calls) => post(calls, false)),
    close: () => close(state, checkpointer),
  };
}

function attach(state: State, worker: Worker): void {
  state.worker = worker;
  let reason = 'the thread of the ledger has ended';
  worker.on('message', (message: unknown) => {
    if (!isReply(message)) return;
    const { id, fault, text } = message;
    const asked = state.waiting.get(id);
    state.waiting.delete(id);
    if (fault === null) asked?.resolve(JSON.parse(text) as readonly unknown[]);
    else asked?.reject(new BatchFailed(fault, text));
  });
  worker.on('error', (error: Error) => {
    reason = error.message;
  });
  worker.on('exit', () => {
    state.worker = null;
    for (const asked of state.waiting.values()) asked.reject(new BatchFailed('down', reason));
    state.waiting.clear();
    void replace(state);
  });
}

async function replace(state: State): Promise<void> {
  while (!state.closed && !state.worker) {
    try {
      const worker = await state.start(state.path);
      if (state.closed) return void (await worker.terminate());
      attach(state, worker);
      for (const tell of state.revived) tell();
    } catch {
      // The disk or the file: whoever asks meanwhile is refused.
      await pause(DOWN_MS, undefined, { ref: false });
    }
  }
}

async function close(state: State, checkpointer: Checkpointer): Promise<void> {
  state.closed = true;
  await checkpointer.close();
  if (state.worker) await endThread(state.worker);
}

const isReply = (message: unknown): message is Reply => typeof message === 'object' && message !== null && 'fault' in message;

function transport(state: State, post: (calls: string) => Promise<readonly unknown[]>): Transport {
  const listeners: (() => void)[] = [];
  let resting = false;
  const isUp = () => state.worker !== null && !resting;
  const tell = () => {
    if (isUp()) for (const listener of listeners) listener();
  };
  const rest = () => {
    resting = true;
    const wake = () => {
      resting = false;
      tell();
    };
    setTimeout(wake, DOWN_MS).unref();
  };
  state.revived.push(tell);
  return {
    isUp,
    onUp: (listener) => void listeners.push(listener),
    send: async (calls) => {
      try {
        return await post(calls);
      } catch (error) {
        if (error instanceof BatchFailed && error.fault !== 'broken') rest();
        throw error;
      }
    },
  };
}
