import { DatabaseSync } from 'node:sqlite';
import { debt, decide, type Balance } from '../../decide.ts';
import type { LineState, ReserveRequest, ReserveResult, Settled, Settlement } from '../../ports.ts';
import type { Line } from '../../windows.ts';
import { migrate } from './schema.ts';

type RunState = 'held' | 'settled' | 'released' | 'expired';

interface RunRow {
  run_id: string;
  state: RunState;
  lines: string;
  input_hash: string;
  lease_until_ms: number;
  compute_us: number | null;
  user_us: number | null;
}

/** While starting, another process may be migrating; afterwards the caller's deadline is what counts. */
const START_TIMEOUT_MS = 5_000;
const BUSY_TIMEOUT_MS = 200;

function openDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: START_TIMEOUT_MS });
  // FULL: a commit that was acknowledged survives the power cut. Group commit pays the fsync once for many reserves.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  migrate(db);
  db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  return db;
}

/** The synchronous half of the adapter: it runs in the worker thread, each method inside the caller's transaction. */
export type SqliteStore = ReturnType<typeof sqliteStore>;

export function sqliteStore(path: string) {
  const db = openDatabase(path);
  const sql = {
    window: db.prepare('SELECT settled, held FROM windows WHERE scope = ? AND window = ?'),
    lastWindow: db.prepare('SELECT settled, "limit", window FROM windows WHERE scope = ? AND window < ? ORDER BY window DESC LIMIT 1'),
    hold: db.prepare(
      `INSERT INTO windows (scope, window, settled, held, "limit") VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET held = held + excluded.held, "limit" = excluded."limit"`,
    ),
    move: db.prepare('UPDATE windows SET held = held + ?, settled = settled + ? WHERE scope = ? AND window = ?'),
    runByKey: db.prepare('SELECT * FROM runs WHERE owner = ? AND idempotency_key = ?'),
    run: db.prepare('SELECT * FROM runs WHERE run_id = ?'),
    insertRun: db.prepare(
      `INSERT INTO runs (run_id, owner, procedure, idempotency_key, input_hash, state, lines, lease_until_ms, created_ms)
       VALUES (?, ?, ?, ?, ?, 'held', ?, ?, ?)`,
    ),
    settleRun: db.prepare(
      `UPDATE runs SET state = 'settled', compute_us = ?, user_us = ?, cap_micro_usd = ?,
         idempotency_key = CASE WHEN ? THEN NULL ELSE idempotency_key END WHERE run_id = ?`,
    ),
    endRun: db.prepare('UPDATE runs SET state = ?, idempotency_key = NULL WHERE run_id = ?'),
    renew: db.prepare(`UPDATE runs SET lease_until_ms = ? WHERE run_id = ? AND state = 'held'`),
    expiredOf: db.prepare(`SELECT * FROM runs WHERE state = 'held' AND owner = ? AND lease_until_ms <= ?`),
    expired: db.prepare(`SELECT * FROM runs WHERE state = 'held' AND lease_until_ms <= ? LIMIT 500`),
    running: db.prepare(`SELECT count(*) AS n FROM runs WHERE state = 'held' AND owner = ? AND lease_until_ms > ?`),
    killed: db.prepare(`SELECT "on" FROM switches WHERE name = 'kill'`),
    setKilled: db.prepare(`INSERT INTO switches (name, "on") VALUES ('kill', ?) ON CONFLICT DO UPDATE SET "on" = excluded."on"`),
  };

  const balanceOf = (line: Line): Balance => {
    const row = sql.window.get(line.scope, line.window) as Balance | undefined;
    return row ?? { settled: openingDebt(line), held: 0 };
  };
  const openingDebt = (line: Line): number => {
    const last = sql.lastWindow.get(line.scope, line.window) as { settled: number; limit: number; window: number } | undefined;
    return last ? debt(last, line.window) : 0;
  };
  const runningOf = (owner: string, nowMs: number) => (sql.running.get(owner, nowMs) as { n: number }).n;
  const linesOf = (row: RunRow) => JSON.parse(row.lines) as Line[];
  const move = (line: Line, held: number, settled: number) => sql.move.run(held, settled, line.scope, line.window);

  // The user, the address and the pool get their hold back; the cap keeps the worst case, since the run may have spent it.
  const expireRun = (row: RunRow) => {
    for (const line of linesOf(row)) move(line, -line.amount, line.unit === 'microUsd' ? line.amount : 0);
    sql.endRun.run('expired', row.run_id);
  };
  const standing = (row: RunRow, [first]: Line[]): Settled => {
    if (!first) throw new Error(`run ${row.run_id} has no lines`);
    const { settled, held } = balanceOf(first);
    return { computeUs: row.compute_us ?? 0, remainingUs: Math.max(0, first.limit - settled - held), resetsAtMs: first.resetsAtMs };
  };
  const runOf = (runId: string): RunRow => {
    const row = sql.run.get(runId) as RunRow | undefined;
    if (!row) throw new Error(`the ledger has no run ${runId}`);
    return row;
  };
  const reserve = (request: ReserveRequest): ReserveResult => {
    const seen = sql.runByKey.get(request.owner, request.idempotencyKey) as RunRow | undefined;
    for (const row of sql.expiredOf.all(request.owner, request.nowMs) as unknown as RunRow[]) expireRun(row);
    if (seen && seen.input_hash !== request.inputHash) return { kind: 'conflict' };
    if (seen?.state === 'settled') return { kind: 'settled', runId: seen.run_id };
    if (seen && seen.lease_until_ms > request.nowMs) return { kind: 'running', runId: seen.run_id };
    const denial = decide(
      { killed: isKilled(), running: runningOf(request.owner, request.nowMs), concurrentRuns: request.concurrentRuns },
      request.lines,
      balanceOf,
    );
    if (denial) return { kind: 'denied', denial };
    for (const line of request.lines) sql.hold.run(line.scope, line.window, openingDebt(line), line.amount, line.limit);
    const { runId, owner, procedure, idempotencyKey, inputHash, leaseUntilMs, nowMs } = request;
    sql.insertRun.run(runId, owner, procedure, idempotencyKey, inputHash, JSON.stringify(request.lines), leaseUntilMs, nowMs);
    return { kind: 'held' };
  };
  const isKilled = () => (sql.killed.get() as { on: number } | undefined)?.on === 1;

  return {
    reserve,
    settle: ({ runId, computeUs, userUs, capMicroUsd, freeKey }: Settlement): Settled => {
      const row = runOf(runId);
      const lines = linesOf(row);
      if (row.state === 'settled' || row.state === 'released') return standing(row, lines);
      for (const line of lines) {
        const actual = line.unit === 'microUsd' ? capMicroUsd : userUs;
        const charged = row.state === 'expired' && line.unit === 'microUsd' ? line.amount : 0;
        move(line, row.state === 'held' ? -line.amount : 0, actual - charged);
      }
      sql.settleRun.run(computeUs, userUs, capMicroUsd, freeKey ? 1 : 0, runId);
      return standing(runOf(runId), lines);
    },
    release: (runId: string): void => {
      const row = sql.run.get(runId) as RunRow | undefined;
      if (row?.state !== 'held') return;
      for (const line of linesOf(row)) move(line, -line.amount, 0);
      sql.endRun.run('released', runId);
    },
    renew: (runId: string, leaseUntilMs: number): void => void sql.renew.run(leaseUntilMs, runId),
    expire: (nowMs: number): number => {
      const rows = sql.expired.all(nowMs) as unknown as RunRow[];
      for (const row of rows) expireRun(row);
      return rows.length;
    },
    usage: (owner: string, lines: readonly Line[], nowMs: number): { lines: LineState[]; running: number } => ({
      lines: lines.map(balanceOf),
      running: runningOf(owner, nowMs),
    }),
    setKillSwitch: (on: boolean): void => void sql.setKilled.run(on ? 1 : 0),
    /** Runs `work` in one transaction: all of it is on the disk when this returns, or none of it happened. */
    transaction: <T>(work: () => T): T => {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    close: (): void => db.close(),
  };
}
