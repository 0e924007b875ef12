import { DatabaseSync } from 'node:sqlite';
import { migrate } from './schema.ts';

/** While starting, another process may be migrating; afterwards a lock that is held is asked for again by the worker. */
const START_TIMEOUT_MS = 5_000;

/** A log of this length (8 MiB) the writer empties itself: where the checkpointer is gone, or does not get to it. */
const LOG_PAGES = 4_096;

/** Opens the ledger's file and brings it to this code's schema. */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: START_TIMEOUT_MS });
  // Small pages: most of what a commit writes is a few bytes on each of many pages. Before the first table, or never.
  db.exec('PRAGMA page_size = 2048');
  // FULL: a commit that was acknowledged survives the power cut. Group commit pays the fsync once for many reserves.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384');
  db.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
  migrate(db);
  db.exec('PRAGMA busy_timeout = 0');
  return db;
}

/** Runs `work` in one transaction: all of it is on the disk when this returns, or none of it happened. */
export function transaction<T>(db: DatabaseSync, kind: 'IMMEDIATE' | 'DEFERRED', work: () => T): T {
  db.exec(`BEGIN ${kind}`);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
