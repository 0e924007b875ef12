import { on, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StoreDown } from '../../ports.ts';
import type { Call, Reply } from './thread.ts';

interface Pending {
  readonly call: Call;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export interface CallOptions<T> {
  readonly deadlineMs: number;
  /** Told the value, if one still comes after the deadline. */
  readonly late?: (value: T) => void;
}

/** Calls into the worker thread. */
export interface Calls {
  /** Resolves with the operation's value, or rejects with `StoreDown` after the deadline. */
  call<T>(operation: Call['operation'], args: readonly unknown[], options: CallOptions<T>): Promise<T>;
  close(): Promise<void>;
}

/** Starts the thread on a file. @throws Error when the file cannot be opened. */
export async function openCalls(path: string): Promise<Calls> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: { path } });
  for await (const [message] of on(worker, 'message')) if (message === 'ready') break;
  worker.unref();
  const pending = new Map<number, Pending>();
  const late = new Map<number, (value: never) => void>();
  let queue: Call[] = [];
  let lastId = 0;
  let broken: StoreDown | null = null;

  const flush = () => {
    worker.postMessage(queue);
    queue = [];
  };
  // What is asked within one tick goes to the thread together, and is committed together.
  const send = (call: Call) => {
    if (queue.push(call) === 1) setImmediate(flush);
  };
  const breakAll = (reason: string) => {
    broken = new StoreDown(reason);
    rejectAll(pending, broken);
  };
  worker.on('message', (replies: unknown) => {
    // Under `node --watch` Node's own objects come through the same port.
    if (Array.isArray(replies)) for (const reply of replies as Reply[]) deliver(reply, { pending, late, send });
  });
  worker.on('error', (error: Error) => breakAll(error.message));
  worker.on('exit', () => breakAll('the ledger is closed'));

  return {
    call: (operation, args, { deadlineMs, late: tellLate }) => {
      if (broken) return Promise.reject(broken);
      const id = ++lastId;
      const sent: Call = { id, operation, args };
      send(sent);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          pending.delete(id);
          if (tellLate) late.set(id, tellLate);
          reject(new StoreDown(`the ledger did not answer ${operation} within ${deadlineMs} ms`));
        }, deadlineMs);
        pending.set(id, { call: sent, resolve: resolve as (value: unknown) => void, reject, timer });
      });
    },
    close: async () => {
      if (broken) return;
      worker.ref();
      const exited = once(worker, 'exit');
      if (queue.length > 0) flush();
      worker.postMessage('close');
      await exited;
    },
  };
}

function rejectAll(pending: Map<number, Pending>, reason: StoreDown): void {
  for (const { reject, timer } of pending.values()) {
    clearTimeout(timer);
    reject(reason);
  }
  pending.clear();
}

interface Waiting {
  readonly pending: Map<number, Pending>;
  readonly late: Map<number, (value: never) => void>;
  readonly send: (call: Call) => void;
}

function deliver(reply: Reply, { pending, late, send }: Waiting): void {
  const tellLate = late.get(reply.id);
  late.delete(reply.id);
  if (tellLate && 'value' in reply) tellLate(reply.value as never);
  const waiting = pending.get(reply.id);
  if (!waiting) return;
  // Another process holds the write lock. Nothing was written, so the call is made again until its deadline.
  if ('error' in reply && reply.busy) return send(waiting.call);
  pending.delete(reply.id);
  clearTimeout(waiting.timer);
  if ('value' in reply) waiting.resolve(reply.value);
  else waiting.reject(reply.down ? new StoreDown(reply.error) : new Error(reply.error));
}
