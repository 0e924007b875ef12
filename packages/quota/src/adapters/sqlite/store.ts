import type { DatabaseSync } from 'node:sqlite';
import { decide } from '../../decide.ts';
import type { LineState, ReserveRequest, ReserveResult, Settled, Settlement } from '../../ports.ts';
import type { Line } from '../../windows.ts';
import { killSwitch, type RunRow, runsTable, windowsTable } from './tables.ts';

/** The synchronous half of the adapter: it runs in the worker thread, each method inside the caller's transaction. */
export type SqliteStore = ReturnType<typeof sqliteStore>;

export function sqliteStore(db: DatabaseSync) {
  const tables: Tables = { windows: windowsTable(db), runs: runsTable(db), kill: killSwitch(db) };
  const { windows, runs, kill } = tables;
  return {
    reserve: (request: ReserveRequest): ReserveResult => reserve(tables, request),
    settle: (settlement: Settlement): Settled => settle(tables, settlement),
    release: (runId: string): void => release(tables, runId),
    renew: (runId: string, leaseUntilMs: number): void => runs.renew(runId, leaseUntilMs),
    expire: (nowMs: number): number => {
      const ended = runs.leasesEnded(nowMs);
      for (const run of ended) expire(tables, run);
      return ended.length;
    },
    usage: (owner: string, lines: readonly Line[], nowMs: number): { lines: LineState[]; running: number } => ({
      lines: lines.map(windows.balanceOf),
      running: runs.running(owner, nowMs),
    }),
    setKillSwitch: (on: boolean): void => kill.set(on),
  };
}

interface Tables {
  readonly windows: ReturnType<typeof windowsTable>;
  readonly runs: ReturnType<typeof runsTable>;
  readonly kill: ReturnType<typeof killSwitch>;
}

function reserve(tables: Tables, request: ReserveRequest): ReserveResult {
  const { windows, runs, kill } = tables;
  const { owner, nowMs, lines, concurrentRuns } = request;
  const seen = runs.byKey(owner, request.idempotencyKey);
  for (const run of runs.leasesEnded(nowMs, owner)) expire(tables, run);
  if (seen && seen.input_hash !== request.inputHash) return { kind: 'conflict' };
  if (seen?.state === 'settled') return { kind: 'settled', runId: seen.run_id };
  if (seen && seen.lease_until_ms > nowMs) return { kind: 'running', runId: seen.run_id };
  const standing = { killed: kill.isOn(), running: runs.running(owner, nowMs), concurrentRuns };
  const denial = decide(standing, lines, windows.balanceOf);
  if (denial) return { kind: 'denied', denial };
  for (const line of lines) windows.hold(line);
  runs.insert(request);
  return { kind: 'held' };
}

function settle({ windows, runs }: Tables, settlement: Settlement): Settled {
  const run = runs.byId(settlement.runId);
  if (!run) throw new Error(`the ledger has no run ${settlement.runId}`);
  const lines = linesOf(run);
  const ended = run.state === 'settled' || run.state === 'released';
  if (!ended) {
    for (const line of lines) {
      const actual = line.unit === 'microUsd' ? settlement.capMicroUsd : settlement.userUs;
      // An ended lease gave the holds back already, and charged the worst case to the cap: correct it to the real use.
      const charged = run.state === 'expired' && line.unit === 'microUsd' ? line.amount : 0;
      windows.move(line, { held: run.state === 'held' ? -line.amount : 0, settled: actual - charged });
    }
    runs.settle(settlement);
  }
  const [first] = lines;
  if (!first) throw new Error(`the run ${settlement.runId} draws on no budget`);
  const { settled, held } = windows.balanceOf(first);
  const computeUs = ended ? (run.compute_us ?? 0) : settlement.computeUs;
  return { computeUs, remainingUs: Math.max(0, first.limit - settled - held), resetsAtMs: first.resetsAtMs };
}

function release({ windows, runs }: Tables, runId: string): void {
  const run = runs.byId(runId);
  if (run?.state !== 'held') return;
  for (const line of linesOf(run)) windows.move(line, { held: -line.amount, settled: 0 });
  runs.end(runId, 'released');
}

/** The user, the address and the pool get their hold back; the cap keeps the worst case, since the run may have spent it. */
function expire({ windows, runs }: Tables, run: RunRow): void {
  for (const line of linesOf(run)) {
    windows.move(line, { held: -line.amount, settled: line.unit === 'microUsd' ? line.amount : 0 });
  }
  runs.end(run.run_id, 'expired');
}

const linesOf = (run: RunRow) => JSON.parse(run.lines) as Line[];
