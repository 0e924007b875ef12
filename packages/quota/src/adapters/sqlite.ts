import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { assertAmount } from '../amount.ts';
import { type Ledger, type ReserveRequest, type ReserveResult, type Settlement, StoreDown } from '../ports.ts';
import type { Call, Reply } from './sqlite/thread.ts';

export interface SqliteLedgerOptions {
  /** File of the ledger; its folder is made when missing. */
  readonly path: string;
  /** The main thread refuses after this long, whatever the disk does. */
  readonly deadlineMs?: number;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The embedded ledger: one file, one worker thread. The main thread never waits for a disk: it owns the deadline, and a
 * reserve that commits after it was refused is released by its id.
 *
 * @throws Error when the file cannot be opened, or was written by a newer version.
 */
export async function sqliteLedger({ path, deadlineMs = 250 }: SqliteLedgerOptions): Promise<Ledger> {
  mkdirSync(dirname(path), { recursive: true });
  const worker = new Worker(new URL('./sqlite/thread.ts', import.meta.url), { workerData: { path } });
  await once(worker, 'message');
  worker.unref();
  const pending = new Map<number, Pending>();
  const lateRuns = new Map<number, string>();
  let queue: Call[] = [];
  let lastId = 0;
  let broken: StoreDown | null = null;

  const flush = () => {
    worker.postMessage(queue);
    queue = [];
  };
  const call = <T>(operation: Call['operation'], args: readonly unknown[], runId?: string): Promise<T> => {
    if (broken) return Promise.reject(broken);
    const id = ++lastId;
    if (queue.push({ id, operation, args }) === 1) setImmediate(flush);
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        pending.delete(id);
        if (runId) lateRuns.set(id, runId);
        reject(new StoreDown(`the ledger did not answer ${operation} within ${deadlineMs} ms`));
      }, deadlineMs);
      pending.set(id, { resolve: resolve as (value: unknown) => void, reject, timer });
    });
  };
  const settleReply = (reply: Reply) => {
    const lateRun = lateRuns.get(reply.id);
    if (lateRun) {
      lateRuns.delete(reply.id);
      const held = 'value' in reply && (reply.value as ReserveResult).kind === 'held';
      if (held) void call('release', [lateRun]).catch(() => undefined);
    }
    const waiting = pending.get(reply.id);
    if (!waiting) return;
    pending.delete(reply.id);
    clearTimeout(waiting.timer);
    if ('value' in reply) waiting.resolve(reply.value);
    else waiting.reject(reply.down ? new StoreDown(reply.error) : new Error(reply.error));
  };
  const breakAll = (reason: string) => {
    broken = new StoreDown(reason);
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer);
      reject(broken);
    }
    pending.clear();
  };
  worker.on('message', (replies: Reply[]) => replies.forEach(settleReply));
  worker.on('error', (error) => breakAll(error.message));
  worker.on('exit', () => breakAll('the ledger is closed'));

  return {
    reserve: (request) => {
      checkRequest(request);
      return call('reserve', [request], request.runId);
    },
    settle: (settlement) => {
      checkSettlement(settlement);
      return call('settle', [settlement]);
    },
    release: (runId) => call('release', [runId]),
    renew: (runId, leaseUntilMs) => {
      assertAmount('leaseUntilMs', leaseUntilMs);
      return call('renew', [runId, leaseUntilMs]);
    },
    expire: (nowMs) => {
      assertAmount('nowMs', nowMs);
      return call('expire', [nowMs]);
    },
    usage: (owner, lines, nowMs) => call('usage', [owner, lines, nowMs]),
    setKillSwitch: (on) => call('setKillSwitch', [on]),
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

function checkRequest({ lines, concurrentRuns, nowMs, leaseUntilMs }: ReserveRequest): void {
  for (const { scope, amount, limit, window } of lines) {
    assertAmount(`${scope}.amount`, amount);
    assertAmount(`${scope}.limit`, limit);
    assertAmount(`${scope}.window`, window);
  }
  assertAmount('concurrentRuns', concurrentRuns);
  assertAmount('nowMs', nowMs);
  assertAmount('leaseUntilMs', leaseUntilMs);
}

function checkSettlement({ computeUs, userUs, capMicroUsd }: Settlement): void {
  assertAmount('computeUs', computeUs);
  assertAmount('userUs', userUs);
  assertAmount('capMicroUsd', capMicroUsd);
}
