import type { DatabaseSync } from 'node:sqlite';
import { debt, type Balance } from '../../decide.ts';
import type { ReserveRequest, Settlement } from '../../ports.ts';
import type { Line } from '../../windows.ts';

export interface RunRow {
  readonly run_id: string;
  readonly state: 'held' | 'settled' | 'released' | 'expired';
  readonly lines: string;
  readonly input_hash: string;
  readonly lease_until_ms: number;
  readonly compute_us: number | null;
}

/** Rows of `windows`: what is settled and held of each budget. A window that has no row yet starts with the debt of the last. */
export function windowsTable(db: DatabaseSync) {
  const read = db.prepare('SELECT settled, held FROM windows WHERE scope = ? AND window = ?');
  const last = db.prepare(
    'SELECT settled, "limit", window FROM windows WHERE scope = ? AND window < ? ORDER BY window DESC LIMIT 1',
  );
  const hold = db.prepare(
    `INSERT INTO windows (scope, window, settled, held, "limit") VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET held = held + excluded.held, "limit" = excluded."limit"`,
  );
  const move = db.prepare('UPDATE windows SET held = held + ?, settled = settled + ? WHERE scope = ? AND window = ?');
  const openingDebt = ({ scope, window }: Line): number => {
    const row = last.get(scope, window) as { settled: number; limit: number; window: number } | undefined;
    return row ? debt(row, window) : 0;
  };
  return {
    balanceOf: (line: Line): Balance =>
      (read.get(line.scope, line.window) as Balance | undefined) ?? { settled: openingDebt(line), held: 0 },
    hold: (line: Line): void => void hold.run(line.scope, line.window, openingDebt(line), line.amount, line.limit),
    move: (line: Line, by: { held: number; settled: number }): void =>
      void move.run(by.held, by.settled, line.scope, line.window),
  };
}

/** Rows of `runs`: one an admitted run. A run that ended without a result has no idempotency key any more. */
export function runsTable(db: DatabaseSync) {
  const byId = db.prepare('SELECT * FROM runs WHERE run_id = ?');
  const byKey = db.prepare('SELECT * FROM runs WHERE owner = ? AND idempotency_key = ?');
  const insert = db.prepare(
    `INSERT INTO runs (run_id, owner, procedure, idempotency_key, input_hash, state, lines, lease_until_ms, created_ms)
     VALUES (?, ?, ?, ?, ?, 'held', ?, ?, ?)`,
  );
  const settle = db.prepare(
    `UPDATE runs SET state = 'settled', compute_us = ?, user_us = ?, cap_micro_usd = ?,
       idempotency_key = CASE WHEN ? THEN NULL ELSE idempotency_key END WHERE run_id = ?`,
  );
  const end = db.prepare('UPDATE runs SET state = ?, idempotency_key = NULL WHERE run_id = ?');
  const renew = db.prepare(`UPDATE runs SET lease_until_ms = ? WHERE run_id = ? AND state = 'held'`);
  const endedOf = db.prepare(`SELECT * FROM runs WHERE state = 'held' AND owner = ? AND lease_until_ms <= ?`);
  const ended = db.prepare(`SELECT * FROM runs WHERE state = 'held' AND lease_until_ms <= ? LIMIT 500`);
  const running = db.prepare(`SELECT count(*) AS n FROM runs WHERE state = 'held' AND owner = ? AND lease_until_ms > ?`);
  return {
    byId: (runId: string) => byId.get(runId) as RunRow | undefined,
    byKey: (owner: string, key: string) => byKey.get(owner, key) as RunRow | undefined,
    insert: ({ runId, owner, procedure, idempotencyKey, inputHash, lines, leaseUntilMs, nowMs }: ReserveRequest): void =>
      void insert.run(runId, owner, procedure, idempotencyKey, inputHash, JSON.stringify(lines), leaseUntilMs, nowMs),
    settle: ({ runId, computeUs, userUs, capMicroUsd, freeKey }: Settlement): void =>
      void settle.run(computeUs, userUs, capMicroUsd, freeKey ? 1 : 0, runId),
    end: (runId: string, state: 'released' | 'expired'): void => void end.run(state, runId),
    renew: (runId: string, leaseUntilMs: number): void => void renew.run(leaseUntilMs, runId),
    /** Held runs whose lease has ended, of one owner or the first 500 of all. */
    leasesEnded: (nowMs: number, owner?: string) =>
      (owner === undefined ? ended.all(nowMs) : endedOf.all(owner, nowMs)) as unknown as RunRow[],
    running: (owner: string, nowMs: number) => (running.get(owner, nowMs) as { n: number }).n,
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
