import type { DatabaseSync } from 'node:sqlite';
import type { ReserveRequest, RunRecord, RunState, Sample, Settlement } from '../../ports.ts';
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
  readonly price_as_of: string | null;
}

/** Rows of `runs`: one an admitted run. One that failed has no idempotency key any more; an expired one until it is taken over. */
export function runsTable(db: DatabaseSync) {
  const byId = db.prepare('SELECT * FROM runs WHERE run_id = ?');
  const byKey = db.prepare('SELECT run_id, input_hash, state, created_ms FROM runs WHERE owner = ? AND idempotency_key = ?');
  const forgetKey = db.prepare('UPDATE runs SET idempotency_key = NULL WHERE run_id = ?');
  const insert = db.prepare(
    `INSERT INTO runs (run_id, owner, procedure, idempotency_key, input_hash, state, lines, lease_until_ms, created_ms, size)
     VALUES (?, ?, ?, ?, ?, 'held', ?, ?, ?, ?)`,
  );
  const settle = db.prepare(
    `UPDATE runs SET state = 'settled', lines = ?, compute_us = ?, user_us = ?, cap_micro_usd = ?, price_as_of = ?, wall_us = ?
     WHERE run_id = ?`,
  );
  const release = db.prepare(`UPDATE runs SET state = 'released', idempotency_key = NULL WHERE run_id = ?`);
  const expire = db.prepare(`UPDATE runs SET state = 'expired' WHERE run_id = ?`);
  const renew = db.prepare(`UPDATE runs SET lease_until_ms = ? WHERE run_id = ? AND state = 'held'`);
  const endedOf = db.prepare(`SELECT * FROM runs WHERE state = 'held' AND owner = ? AND lease_until_ms <= ?`);
  const leases = db.prepare(`SELECT lease_until_ms AS untilMs FROM runs WHERE state = 'held' AND owner = ?`);
  const ended = db.prepare(`SELECT * FROM runs WHERE state = 'held' AND lease_until_ms <= ? LIMIT 500`);
  const samples = db.prepare(
    `SELECT procedure, size, user_us AS computeUs, wall_us AS wallUs FROM (SELECT * FROM runs ORDER BY rowid DESC LIMIT ?)
     WHERE size IS NOT NULL AND wall_us IS NOT NULL AND user_us > 0 ORDER BY created_ms, run_id`,
  );
  return {
    byId: (runId: string) => byId.get(runId) as RunRow | undefined,
    byKey: (owner: string, key: string) => byKey.get(owner, key) as Seen | undefined,
    forgetKey: (runId: string): void => void forgetKey.run(runId),
    insert: ({ runId, owner, procedure, idempotencyKey, inputHash, lines, leaseUntilMs, nowMs, size }: ReserveRequest): void =>
      void insert.run(runId, owner, procedure, idempotencyKey, inputHash, textOf(lines, owner), leaseUntilMs, nowMs, size),
    settle: (
      { runId, computeUs, capMicroUsd, priceAsOf, wallUs, freeKey }: Settlement,
      { lines, owner, userUs }: { lines: Line[]; owner: string; userUs: number },
    ): void => {
      settle.run(textOf(lines, owner), computeUs, userUs, capMicroUsd, priceAsOf, wallUs, runId);
      // On its own, and only where it changes something: the index of the keys is the one that lies scattered.
      if (freeKey) forgetKey.run(runId);
    },
    release: (runId: string): void => void release.run(runId),
    expire: (runId: string): void => void expire.run(runId),
    renew: (runId: string, leaseUntilMs: number): void => void renew.run(leaseUntilMs, runId),
    /** Held runs whose lease has ended, of one owner or the first 500 of all. */
    leasesEnded: (nowMs: number, owner?: string) =>
      (owner === undefined ? ended.all(nowMs) : endedOf.all(owner, nowMs)) as unknown as RunRow[],
    samples: (latest: number) => samples.all(latest) as unknown as Sample[],
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

/** Most of the file is runs, and most of a run would be the names of its lines' fields and, again and again, of its owner. */
export const textOf = (lines: readonly Line[], owner: string): string =>
  JSON.stringify(
    lines.map(({ scope, window, unit, amount, limit, code, resetsAtMs }): LineRow => {
      const short = code === 'limit.quota' && scope.endsWith(`:${owner}`) ? scope.slice(0, -owner.length) : scope;
      return [short, window, unit === 'microUsd' ? 1 : 0, amount, limit, code, resetsAtMs];
    }),
  );

export const linesOf = ({ lines, owner }: RunRow): Line[] =>
  (JSON.parse(lines) as LineRow[]).map(([short, window, money, amount, limit, code, resetsAtMs]) => {
    const scope = short.endsWith(':') ? `${short}${owner}` : short;
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
  priceAsOf: run.price_as_of,
});

export const recordOf = (run: RunRow | undefined): RunRecord | null => (run ? toRecord(run) : null);
