import { parentPort, workerData } from 'node:worker_threads';
import type { Fault } from '../transport.ts';
import { openDatabase, transaction } from './database.ts';
import { storeOperations, type Wire } from './store.ts';

/** What the main thread asks: a JSON array of `[operation, argument, …]`, done as one transaction. */
export interface Batch {
  readonly id: number;
  readonly calls: string;
  /** A batch that only reads takes no lock. */
  readonly writes: boolean;
}
/** `text`: JSON of the results in the order of the calls; where `fault` is set, what is wrong. */
export interface Reply {
  readonly id: number;
  readonly fault: Fault | null;
  readonly text: string;
}

/** Another process has the write lock for some milliseconds at a time: it is asked for again before long. */
const RETRY_MS = 1;

const port = parentPort;
if (!port) throw new Error('worker.ts runs as a worker thread');
const db = openDatabase((workerData as { path: string }).path);
const perform = storeOperations(db);
const reply = (message: Reply): void => port.postMessage(message);

function run(batch: Batch): void {
  const { id, calls, writes } = batch;
  try {
    const results = transaction(db, writes ? 'IMMEDIATE' : 'DEFERRED', () => perform(JSON.parse(calls) as Wire[]));
    reply({ id, fault: null, text: JSON.stringify(results) });
  } catch (error) {
    // Nothing was written. While this one waits for the lock, those that only read are served; its callers' deadlines are theirs.
    if (BUSY.has(resultCode(error))) setTimeout(run, RETRY_MS, batch);
    else reply({ id, fault: isDown(error) ? 'full' : 'broken', text: error instanceof Error ? error.message : String(error) });
  }
}

/** Busy, and a lock of the log that was lost to another process while it was tried. */
const BUSY = new Set([5, 15]);
/** No permission, locked, no memory, read-only, I/O error, corrupt, full, cannot open, not a database: not the call's doing. */
const STORE_DOWN = new Set([3, 6, 7, 8, 10, 11, 13, 14, 26]);

const isDown = (error: unknown): boolean => STORE_DOWN.has(resultCode(error));

/** SQLite's primary result code; the bits above it say more than is asked here. */
const resultCode = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;

port.on('message', (message: Batch | 'close') => {
  if (message !== 'close') return run(message);
  db.close();
  port.close();
});
port.postMessage('ready');
