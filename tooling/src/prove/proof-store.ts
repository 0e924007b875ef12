import { join } from 'node:path';
import type { Store } from '@twohop/quota';
import { sqliteStore } from '@twohop/quota/sqlite';
import type { Outage } from './outages.ts';
import type { StoreName } from './row.ts';
import { diskFull, lockHeld, quotaFull, readOnly, writerKilled } from './sqlite-outages.ts';

/** An empty store that several server processes share, and a handle of our own to look into it. */
export interface FreshStore {
  /** `LEDGER_URL` of the servers. */
  readonly url: string;
  open(): Promise<Store>;
  /** Every text anywhere in it, to show that something is not there. */
  texts(): Promise<string[]>;
}

export interface ProofStore {
  readonly name: StoreName;
  /** Ways in which it can stop serving. */
  readonly outages: readonly Outage[];
  /** What SIGSTOP and SIGKILL of the store mean for it. */
  readonly stopped: Outage;
  readonly killed: Outage;
  /** In that folder, where the store is one of files. */
  fresh(folder: string): Promise<FreshStore>;
  stop(): Promise<void>;
}

/** Waits of our own looks are not what is judged. */
const LOOK_DEADLINE_MS = 10_000;

export function sqliteProofStore(): ProofStore {
  let files = 0;
  return {
    name: 'sqlite',
    outages: [lockHeld, readOnly, diskFull, quotaFull],
    stopped: lockHeld,
    killed: writerKilled,
    fresh: async (folder) => sqliteAt(join(folder, `ledger-${++files}`, 'ledger.db')),
    stop: async () => undefined,
  };
}

const sqliteAt = (path: string): FreshStore => ({
  url: `sqlite:${path}`,
  open: () => sqliteStore({ path, deadlineMs: LOOK_DEADLINE_MS }),
  texts: async () => sqliteTexts(path),
});

async function sqliteTexts(path: string): Promise<string[]> {
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(path, { readOnly: true });
  const tables = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all() as unknown as { name: string }[];
  const rows = tables.flatMap(({ name }) => db.prepare(`SELECT * FROM "${name}"`).all());
  db.close();
  return rows.flatMap((row) => Object.values(row).filter((value) => typeof value === 'string'));
}
