import type { DatabaseSync } from 'node:sqlite';
import { EXPORTED_RUNS, PRUNED_ROWS } from '../../decide.ts';
import type { Account, AccountDeletion, AccountExport, Claim, RunRecord } from '../../ports.ts';
import { linesOf, type RunRow, textOf, toRecord } from './runs-table.ts';
import type { usageTable } from './usage-table.ts';

interface WindowRow {
  readonly kind: string;
  readonly window: number;
  readonly settled: number;
  readonly held: number;
  readonly limit: number;
}

/** The budgets of one user, of those of everything. */
const OWN = `subject = ? AND kind IN ('user-day', 'user-month')`;

/** Records about users: accounts, what is exported, and what is left when one is deleted. */
export function accountsTable(db: DatabaseSync, usage: ReturnType<typeof usageTable>) {
  const read = db.prepare('SELECT plan, blocked FROM accounts WHERE owner = ?');
  const write = db.prepare(
    `INSERT INTO accounts (owner, plan, blocked) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET plan = excluded.plan, blocked = excluded.blocked`,
  );
  const windows = db.prepare(`SELECT kind AS scope, window, settled, held FROM windows WHERE ${OWN} ORDER BY kind, window`);
  const runs = db.prepare(
    `SELECT * FROM (SELECT * FROM runs WHERE owner = ? ORDER BY created_ms DESC, run_id DESC LIMIT ${EXPORTED_RUNS}) ORDER BY created_ms, run_id`,
  );
  const account = (owner: string): Account => {
    const row = read.get(owner) as { plan: string | null; blocked: number } | undefined;
    return { plan: row?.plan ?? null, blocked: row?.blocked === 1 };
  };
  return {
    account,
    setAccount: (owner: string, { plan, blocked }: Account): void => void write.run(owner, plan, blocked ? 1 : 0),
    exportAccount: (owner: string): AccountExport => ({
      account: account(owner),
      usage: usage.all(owner),
      runs: (runs.all(owner) as unknown as RunRow[]).map((run): RunRecord => toRecord(run)),
      windows: windows.all(owner) as unknown as AccountExport['windows'],
    }),
    deleteAccount: deletion(db),
  };
}

function deletion(db: DatabaseSync) {
  const windows = db.prepare(`SELECT kind, window, settled, held, "limit" FROM windows WHERE ${OWN}`);
  const bury = db.prepare(
    `INSERT INTO tombstones (person, kind, window, settled, "limit", until_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET settled = max(settled, excluded.settled), until_ms = max(until_ms, excluded.until_ms)`,
  );
  const held = db.prepare(`SELECT * FROM runs WHERE owner = ? AND state = 'held'`);
  const orphan = db.prepare(`UPDATE runs SET owner = '', idempotency_key = NULL, lines = ? WHERE run_id = ?`);
  const gone = [
    db.prepare('DELETE FROM runs WHERE owner = ?'),
    db.prepare('DELETE FROM usage WHERE owner = ?'),
    db.prepare('DELETE FROM accounts WHERE owner = ?'),
  ];
  const deleteWindows = db.prepare(`DELETE FROM windows WHERE ${OWN}`);
  return ({ owner, person, untilMs }: AccountDeletion): void => {
    for (const { kind, window, settled, held: inFlight, limit } of windows.all(owner) as unknown as WindowRow[]) {
      // Its windows opened with what an earlier account of the same person had used, so the larger of the two is the sum.
      if (person !== null) bury.run(person, kind, window, settled + inFlight, limit, untilMs);
    }
    // A run in flight goes on for the account of the cap, the address and the pool: whatever it reports later finds no user.
    for (const run of held.all(owner) as unknown as RunRow[]) {
      const shared = linesOf(run).filter(({ code }) => code !== 'limit.quota');
      orphan.run(textOf(shared, ''), run.run_id);
    }
    deleteWindows.run(owner);
    for (const statement of gone) statement.run(owner);
  };
}

export function killSwitch(db: DatabaseSync) {
  const read = db.prepare(`SELECT "on" FROM switches WHERE name = 'kill'`);
  const write = db.prepare(`INSERT INTO switches (name, "on") VALUES ('kill', ?) ON CONFLICT DO UPDATE SET "on" = excluded."on"`);
  return {
    isOn: (): boolean => (read.get() as { on: number } | undefined)?.on === 1,
    set: (on: boolean): void => void write.run(on ? 1 : 0),
  };
}

export function claimsTable(db: DatabaseSync) {
  const take = db.prepare(
    `INSERT INTO claims (name, holder, until_ms) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
       WHERE claims.until_ms <= ? OR claims.holder = excluded.holder`,
  );
  return ({ name, holder, nowMs, untilMs }: Claim): boolean => take.run(name, holder, untilMs, nowMs).changes === 1;
}

/** Rows that nobody asks for any more, a few of a kind at a time so that no reserve waits for it. */
export function pruning(db: DatabaseSync) {
  // They stand in the order in which they came: the oldest are the first pages of the table, and no index has to find them.
  const oldRuns = db.prepare(
    `DELETE FROM runs WHERE rowid IN (SELECT rowid FROM runs ORDER BY rowid LIMIT ${PRUNED_ROWS}) AND created_ms < ? AND state <> 'held'`,
  );
  // The last window of a budget is kept while it is in debt: the one after it opens with the rest.
  const oldWindows = db.prepare(
    `DELETE FROM windows WHERE (subject, kind, window) IN
       (SELECT subject, kind, window FROM windows AS w WHERE resets_at_ms < ? AND held = 0 AND (settled <= "limit"
          OR EXISTS (SELECT 1 FROM windows AS later WHERE later.subject = w.subject AND later.kind = w.kind AND later.window > w.window))
        ORDER BY resets_at_ms LIMIT ${PRUNED_ROWS})`,
  );
  const oldTombstones = db.prepare(
    `DELETE FROM tombstones WHERE (person, kind, window) IN
       (SELECT person, kind, window FROM tombstones WHERE until_ms < ? LIMIT ${PRUNED_ROWS})`,
  );
  const oldClaims = db.prepare('DELETE FROM claims WHERE until_ms < ?');
  return (beforeMs: number): number =>
    [oldRuns, oldWindows, oldTombstones, oldClaims].reduce(
      (rows, statement) => rows + Number(statement.run(beforeMs).changes),
      0,
    );
}
