import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A thread of its own that moves what was committed from the log into the file, a little at a time: commits wait for the disk
 * while it is moved.
 */
const LOOK_MS = 10;
/** A log that nothing was added to for so many looks is moved, however short: nobody waits for the disk then. */
const IDLE_LOOKS = 100;
/** So long it asks for the lock when it begins the log anew. */
const PATIENCE_MS = 50;
/** What may be left when the log is begun anew: the writer waits for these. */
const REST_PAGES = 64;
/** While it is moved, more comes: this often it is gone after. */
const ROUNDS = 4;

interface Log {
  /** Pages in it, and how many of these are in the file. */
  readonly log: number;
  readonly checkpointed: number;
}

const { path, logPages } = workerData as { path: string; logPages: number };
const db = new DatabaseSync(path, { timeout: PATIENCE_MS });
const look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
// Waits for nobody and makes nobody wait.
const move = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
// Keeps the writer out for the last few pages, so that the next one begins the log anew: written over it costs less than grown.
const restart = db.prepare('PRAGMA wal_checkpoint(RESTART)');
const left = ({ log, checkpointed }: Log): number => log - checkpointed;

let last = 0;
let idle = 0;

function checkpoint(): void {
  const now = look.get() as unknown as Log;
  idle = now.log === last ? idle + 1 : 0;
  last = now.log;
  if (left(now) === 0) return;
  if (idle >= IDLE_LOOKS) return void move.get();
  if (left(now) < logPages) return;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (left(move.get() as unknown as Log) > REST_PAGES) continue;
    restart.get();
    return;
  }
}

const timer = setInterval(() => {
  try {
    checkpoint();
  } catch {
    // One that another process is at, or that the disk refuses, comes again; the writer meets the same disk, and tells.
  }
}, LOOK_MS);
parentPort?.on('message', () => {
  clearInterval(timer);
  db.close();
  parentPort?.close();
});
