import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '@twohop/quota';
import { sqliteStore } from '@twohop/quota/sqlite';
import { drive } from './drive.ts';
import type { Result } from './figures.ts';

/** A store to be measured, with the least that a transaction on it can cost. */
export interface BenchStore {
  readonly name: string;
  /** An empty one. */
  open(): Promise<Store>;
  /** An empty one in which every call has a transaction of its own; absent where calls are never sent alone. */
  openSingle?(): Promise<Store>;
  /** The store's bare transaction, at each level of concurrency that makes a difference to it. */
  bare(ms: number): Promise<Result[]>;
  /** One bare transaction after the other in this thread, for what the disk alone makes callers wait; absent for a server. */
  openBare?(): BareStore;
  stop(): Promise<void>;
}

export interface BareStore {
  transaction(): void;
  close(): void;
}

const DEADLINE_MS = 30_000;

export function sqliteBenchStore(folder: string): BenchStore {
  let files = 0;
  const newPath = () => join(folder, `bench-${++files}.db`);
  return {
    name: 'sqlite',
    open: () => sqliteStore({ path: newPath(), deadlineMs: DEADLINE_MS }),
    openSingle: () => sqliteStore({ path: newPath(), deadlineMs: DEADLINE_MS, batchCalls: 1 }),
    openBare: () => openBare(newPath()),
    bare: async (ms) => [await bareInserts(openBare(newPath()), ms)],
    stop: async () => undefined,
  };
}

/** One insert a transaction, with the same PRAGMAs, in this thread: a file has one writer, so there is nothing to have in flight. */
function openBare(path: string): BareStore {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT) STRICT');
  const insert = db.prepare('INSERT INTO bare (body) VALUES (?)');
  return {
    transaction: () => {
      db.exec('BEGIN IMMEDIATE');
      insert.run('a run of the ledger without its balances');
      db.exec('COMMIT');
    },
    close: () => db.close(),
  };
}

async function bareInserts({ transaction, close }: BareStore, ms: number): Promise<Result> {
  const operation = async () => transaction();
  return drive({ name: 'sqlite bare transaction', concurrency: 1, ms, operation }).finally(close);
}
