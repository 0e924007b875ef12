import type { DatabaseSync } from 'node:sqlite';

/** Forward only. A migration, once released, is never edited: the next one is added below it. */
export const migrations = [
  `CREATE TABLE windows (
     subject TEXT NOT NULL, kind TEXT NOT NULL, window INTEGER NOT NULL,
     settled INTEGER NOT NULL CHECK (settled >= 0), held INTEGER NOT NULL CHECK (held >= 0),
     "limit" INTEGER NOT NULL, resets_at_ms INTEGER NOT NULL,
     PRIMARY KEY (subject, kind, window)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX windows_by_end ON windows (resets_at_ms);

   CREATE TABLE runs (
     run_id TEXT PRIMARY KEY, owner TEXT NOT NULL, procedure TEXT NOT NULL,
     idempotency_key TEXT, input_hash TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('held', 'settled', 'released', 'expired')),
     lines TEXT NOT NULL, lease_until_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL,
     compute_us INTEGER, user_us INTEGER, cap_micro_usd INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE UNIQUE INDEX runs_by_key ON runs (owner, idempotency_key);
   CREATE INDEX runs_held ON runs (owner, lease_until_ms) WHERE state = 'held';
   CREATE INDEX runs_by_age ON runs (created_ms);

   CREATE TABLE usage (
     owner TEXT NOT NULL, day INTEGER NOT NULL, procedure TEXT NOT NULL,
     runs INTEGER NOT NULL, timeouts INTEGER NOT NULL, compute_us INTEGER NOT NULL, user_us INTEGER NOT NULL, micro_usd INTEGER NOT NULL,
     PRIMARY KEY (owner, day, procedure)
   ) STRICT, WITHOUT ROWID;

   CREATE TABLE accounts (owner TEXT PRIMARY KEY, plan TEXT, blocked INTEGER NOT NULL) STRICT, WITHOUT ROWID;

   CREATE TABLE tombstones (
     person TEXT NOT NULL, kind TEXT NOT NULL, window INTEGER NOT NULL,
     settled INTEGER NOT NULL, "limit" INTEGER NOT NULL, until_ms INTEGER NOT NULL,
     PRIMARY KEY (person, kind, window)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tombstones_by_end ON tombstones (until_ms);

   CREATE TABLE switches (name TEXT PRIMARY KEY, "on" INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,

  // Runs stand in the order in which they came: the newest are side by side, and so are those that are forgotten.
  `CREATE TABLE runs_in_order (
     run_id TEXT NOT NULL, owner TEXT NOT NULL, procedure TEXT NOT NULL,
     idempotency_key TEXT, input_hash TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('held', 'settled', 'released', 'expired')),
     lines TEXT NOT NULL, lease_until_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL,
     compute_us INTEGER, user_us INTEGER, cap_micro_usd INTEGER, size INTEGER, wall_us INTEGER, price_as_of TEXT
   ) STRICT;
   INSERT INTO runs_in_order
     SELECT run_id, owner, procedure, idempotency_key, input_hash, state, lines, lease_until_ms, created_ms,
       compute_us, user_us, cap_micro_usd, NULL, NULL, NULL FROM runs ORDER BY created_ms, run_id;
   DROP TABLE runs;
   ALTER TABLE runs_in_order RENAME TO runs;
   CREATE UNIQUE INDEX runs_by_id ON runs (run_id);
   CREATE UNIQUE INDEX runs_by_key ON runs (owner, idempotency_key);
   CREATE INDEX runs_held ON runs (owner, lease_until_ms) WHERE state = 'held';`,

  'CREATE TABLE claims (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;',

  // What admins did: rows are added, and the file itself refuses anything else.
  `CREATE TABLE acts (at_ms INTEGER NOT NULL, admin TEXT NOT NULL, what TEXT NOT NULL, target TEXT, detail TEXT NOT NULL) STRICT;
   CREATE TRIGGER acts_are_not_changed BEFORE UPDATE ON acts BEGIN SELECT raise(ABORT, 'acts are only added'); END;
   CREATE TRIGGER acts_are_not_deleted BEFORE DELETE ON acts BEGIN SELECT raise(ABORT, 'acts are only added'); END;
   CREATE INDEX usage_by_day ON usage (day, owner);`,
];

/**
 * Brings the file to this code's schema, under SQLite's own write lock.
 *
 * @throws Error when the file was written by a newer version: running on it could lose money.
 */
export function migrate(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const { user_version: found } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (found > migrations.length) {
      throw new Error(`The ledger has schema ${found}; this version knows ${migrations.length}. Start the newer version.`);
    }
    for (const migration of migrations.slice(found)) db.exec(migration);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}
