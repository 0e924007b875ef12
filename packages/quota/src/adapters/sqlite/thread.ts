import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase, transaction } from './database.ts';
import { type StoreOperations, storeOperations } from './store.ts';

/** One call of the main thread; the reply carries the same id. */
export interface Call {
  readonly id: number;
  readonly operation: keyof StoreOperations;
  readonly args: readonly unknown[];
}
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string; readonly down: boolean; readonly busy: boolean };

const port = parentPort;
if (!port) throw new Error('thread.ts runs as a worker thread');
const db = openDatabase((workerData as { path: string }).path);
const store = storeOperations(db);
port.postMessage('ready');

const perform = ({ id, operation, args }: Call): Reply => {
  const method = store[operation] as (...values: readonly unknown[]) => unknown;
  return { id, value: method(...args) };
};

// Group commit: the calls of one tick share one transaction and one fsync. If one of them breaks, nothing of the group
// was written, and each is tried alone so that only the broken one fails. A store that is down fails them all at once:
// alone, each would wait for the lock again.
function performGroup(calls: readonly Call[]): Reply[] {
  try {
    return transaction(db, () => calls.map(perform));
  } catch (groupError) {
    if (calls.length === 1 || isDown(groupError)) return calls.map(({ id }) => failure(id, groupError));
    return calls.map((call) => {
      try {
        return transaction(db, () => perform(call));
      } catch (error) {
        return failure(call.id, error);
      }
    });
  }
}

function failure(id: number, error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error);
  return { id, error: message, down: isDown(error), busy: resultCode(error) === SQLITE_BUSY };
}

const SQLITE_BUSY = 5;
/** Busy, locked, read-only, I/O error, corrupt, full, cannot open, not a database: nothing that the call could help. */
const STORE_DOWN = new Set([SQLITE_BUSY, 6, 8, 10, 11, 13, 14, 26]);

const isDown = (error: unknown): boolean => STORE_DOWN.has(resultCode(error));

/** SQLite's primary result code; the bits above it say more than is asked here. */
const resultCode = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;

port.on('message', (message: readonly Call[] | 'close') => {
  if (message === 'close') {
    db.close();
    port.close();
    return;
  }
  port.postMessage(performGroup(message));
});
