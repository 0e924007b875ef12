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
  | { readonly id: number; readonly error: string; readonly down: boolean };

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
// was written, and each is tried alone so that only the broken one fails.
function performGroup(calls: readonly Call[]): Reply[] {
  try {
    return transaction(db, () => calls.map(perform));
  } catch (groupError) {
    if (calls.length === 1) return calls.map(({ id }) => failure(id, groupError));
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
  const down = error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
  return { id, error: error instanceof Error ? error.message : String(error), down };
}

port.on('message', (message: readonly Call[] | 'close') => {
  if (message === 'close') {
    db.close();
    port.close();
    return;
  }
  port.postMessage(performGroup(message));
});
