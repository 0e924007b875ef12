import type { DatabaseSync } from 'node:sqlite';
import type { ReserveRequest, RunRecord, RunState, Settlement } from '../../ports.ts';
import type { Line } from '../../windows.ts';

export interface RunRow {
  readonly run_id: string;
  readonly owner: string;
  readonly procedure: string;
  readonly state: RunState;
  readonly idempotency_key: string | null;
  readonly lines: string;
  readonly input_hash: string;
  readonly lease_until_ms: number;
  readonly created_ms: number;
  readonly compute_us: number | null;
  readonly user_us: number | null;
  readonly cap_micro_usd: number | null;
}

/** Rows of `runs`: one an admitted run. One that failed has no idempotency key any more; an expired one until it is taken over. */
export function runsTable(db: DatabaseSync) {
  const byId = db.prepare('SELECT * FROM runs WHERE run_id = ?');
  const byKey = db.prepare('SELECT run_id, input_hash, state, created_ms FROM runs WHERE owner = ? AND idempotency_key = ?');
  const forgetKey = db.prepare('UPDATE runs SET idempotency_key = NULL WHERE run_id = ?');
  const insert = db.prepare(
    `INSERT INTO runs (run_id, owner, procedure, idempotency_key, input_hash, state, lines, lease_until_ms, created_ms)
     VALUES (?, ?, ?, ?, ?, 'held', ?, ?, ?)`,
  );
  const settle = db.prepare(
    `UPDATE runs SET state = 'settled', lines = ?, compute_us = ?, user_us = ?, cap_micro_usd = ?,
       idempotency_key = CASE WHEN ? THEN NULL ELSE idempotency_key END WHERE run_id = ?`,
  );
  const release = db.prepare(`UPDATE runs SET state = 'released', idempotency_key = NULL WHERE run_id = ?`);
  const expire = db.prepare(`UPDATE runs SET state = 'expired' WHERE run_id = ?`);
  const renew = db.prepare(`UPDATE runs SET lease_until_ms = ? WHERE run_id = ? AND state = 'held'`);
  const endedOf = db.prepare(`SELECT * FROM runs WHERE state = 'held' AND owner = ? AND lease_until_ms <= ?`);
  const leases = db.prepare(`SELECT lease_until_ms AS untilMs FROM runs WHERE state = 'held' AND owner = ?`);
  const ended = db.prepare(`SELECT * FROM runs WHERE state = 'held' AND lease_until_ms <= ? LIMIT 500`);
  return {
    byId: (runId: string) => byId.get(runId) as RunRow | undefined,
    byKey: (owner: string, key: string) => byKey.get(owner, key) as Seen | undefined,
    forgetKey: (runId: string): void => void forgetKey.run(runId),
    insert: ({ runId, owner, procedure, idempotencyKey, inputHash, lines, leaseUntilMs, nowMs }: ReserveRequest): void =>
      void insert.run(runId, owner, procedure, idempotencyKey, inputHash, textOf(lines), leaseUntilMs, nowMs),
    settle: (
      { runId, computeUs, capMicroUsd, freeKey }: Settlement,
      { lines, userUs }: { lines: Line[]; userUs: number },
    ): void => void settle.run(textOf(lines), computeUs, userUs, capMicroUsd, freeKey ? 1 : 0, runId),
    release: (runId: string): void => void release.run(runId),
    expire: (runId: string): void => void expire.run(runId),
    renew: (runId: string, leaseUntilMs: number): void => void renew.run(leaseUntilMs, runId),
    /** Held runs whose lease has ended, of one owner or the first 500 of all. */
    leasesEnded: (nowMs: number, owner?: string) =>
      (owner === undefined ? ended.all(nowMs) : endedOf.all(owner, nowMs)) as unknown as RunRow[],
    /** When the leases of an owner's runs end. */
    leasesOf: (owner: string): number[] => (leases.all(owner) as { untilMs: number }[]).map(({ untilMs }) => untilMs),
  };
}

/** What is asked of a run that a key is known from. */
type Seen = Pick<RunRow, 'run_id' | 'input_hash' | 'state' | 'created_ms'>;

type LineRow = [
  scope: string,
  window: number,
  money: 0 | 1,
  amount: number,
  limit: number,
  code: Line['code'],
  resetsAtMs: number,
];

/** Most of the file is runs, and most of a run would be the names of its lines' fields. */
export const textOf = (lines: readonly Line[]): string =>
  JSON.stringify(
    lines.map(({ scope, window, unit, amount, limit, code, resetsAtMs }): LineRow => {
      return [scope, window, unit === 'microUsd' ? 1 : 0, amount, limit, code, resetsAtMs];
    }),
  );

export const linesOf = (run: RunRow): Line[] =>
  (JSON.parse(run.lines) as LineRow[]).map(([scope, window, money, amount, limit, code, resetsAtMs]) => {
    return { scope, window, unit: money === 1 ? 'microUsd' : 'computeUs', amount, limit, code, resetsAtMs };
  });

export const toRecord = (run: RunRow): RunRecord => ({
  runId: run.run_id,
  procedure: run.procedure,
  state: run.state,
  createdMs: run.created_ms,
  computeUs: run.compute_us,
  userUs: run.user_us,
  capMicroUsd: run.cap_micro_usd,
});

export const recordOf = (run: RunRow | undefined): RunRecord | null => (run ? toRecord(run) : null);
