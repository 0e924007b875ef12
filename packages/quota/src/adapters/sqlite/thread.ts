import { on, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { BatchFailed, type Transport } from '../transport.ts';
import type { Batch, Reply } from './worker.ts';

/** A store that cannot write is not asked again for so long. */
const DOWN_MS = 100;

/** The thread that has the file, and the two ways to it. */
export interface Thread {
  readonly writes: Transport;
  /** Served also while a write waits for the file's lock. */
  readonly reads: Transport;
  close(): Promise<void>;
}

/** @throws Error when the file cannot be opened. */
export async function openThread(path: string): Promise<Thread> {
  // Its garbage is small and dies at once: collected often it costs less than a millisecond, while callers wait for no more.
  const resourceLimits = { maxYoungGenerationSizeMb: 1 };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { path }, resourceLimits });
  for await (const [message] of on(worker, 'message')) if (message === 'ready') break;
  worker.unref();
  const checkpointer = startCheckpointer(path);
  let ended: string | null = null;
  const end = (reason: string) => {
    ended ??= reason;
    for (const fail of waiting.values()) fail.reject(new BatchFailed('down', ended));
    waiting.clear();
  };
  const waiting = new Map<number, PromiseWithResolvers<readonly unknown[]>>();
  worker.on('message', (message: unknown) => {
    // Under `node --watch` Node's own objects come through the same port.
    if (!isReply(message)) return;
    const { id, fault, text } = message;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (fault === null) asked?.resolve(JSON.parse(text) as readonly unknown[]);
    else asked?.reject(new BatchFailed(fault, text));
  });
  worker.on('error', (error: Error) => end(error.message));
  worker.on('exit', () => end('the ledger is closed'));
  let lastId = 0;
  const post = (calls: string, writes: boolean) => {
    if (ended !== null) return Promise.reject(new BatchFailed('down', ended));
    const id = ++lastId;
    const asked = Promise.withResolvers<readonly unknown[]>();
    waiting.set(id, asked);
    worker.postMessage({ id, calls, writes } satisfies Batch);
    return asked.promise;
  };
  const close = async () => {
    await checkpointer.close();
    if (ended === null) await ask(worker, 'close');
  };
  const isOpen = () => ended === null;
  return {
    writes: transport(isOpen, (calls) => post(calls, true)),
    reads: transport(isOpen, (calls) => post(calls, false)),
    close,
  };
}

/** Without it the writer empties the log itself, now and then in front of its callers: its end takes nothing with it. */
function startCheckpointer(path: string): { close(): Promise<void> } {
  const checkpointer = new Worker(new URL('./checkpointer.ts', import.meta.url), { workerData: { path } });
  checkpointer.unref();
  let isThere = true;
  const end = () => {
    isThere = false;
  };
  checkpointer.on('error', end).on('exit', end);
  return { close: async () => void (isThere && (await ask(checkpointer, 'close'))) };
}

/** Asks a thread to end, and waits until it has. */
async function ask(thread: Worker, word: 'close'): Promise<void> {
  thread.ref();
  const exited = once(thread, 'exit');
  thread.postMessage(word);
  await exited;
}

const isReply = (message: unknown): message is Reply => typeof message === 'object' && message !== null && 'fault' in message;

function transport(isOpen: () => boolean, post: (calls: string) => Promise<readonly unknown[]>): Transport {
  const listeners: (() => void)[] = [];
  let resting = false;
  const rest = () => {
    resting = true;
    const wake = () => {
      resting = false;
      for (const listener of listeners) listener();
    };
    setTimeout(wake, DOWN_MS).unref();
  };
  return {
    isUp: () => isOpen() && !resting,
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
