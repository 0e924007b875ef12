import { DatabaseSync } from 'node:sqlite';
import { migrate } from './schema.ts';

/** While starting, another process may be migrating; afterwards the caller's deadline is what counts. */
const START_TIMEOUT_MS = 5_000;
const BUSY_TIMEOUT_MS = 200;

/** Opens the ledger's file and brings it to this code's schema. */
export function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: START_TIMEOUT_MS });
  // FULL: a commit that was acknowledged survives the power cut. Group commit pays the fsync once for many reserves.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  migrate(db);
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return db;
}

/** Runs `work` in one transaction: all of it is on the disk when this returns, or none of it happened. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
