import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A thread of its own that moves what was committed from the log into the file. Left to the writer, every thousandth page would
 * make some callers wait for all of them.
 */
const EVERY_MS = 50;

const db = new DatabaseSync((workerData as { path: string }).path);
// PASSIVE waits for nobody and makes nobody wait. One that another process is at, or that the disk refuses, comes again.
const checkpoint = () => {
  try {
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  } catch {
    // The writer meets the same disk, and tells.
  }
};
const timer = setInterval(checkpoint, EVERY_MS);
parentPort?.on('message', () => {
  clearInterval(timer);
  db.close();
  parentPort?.close();
});
