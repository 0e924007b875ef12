import type { DatabaseSync } from 'node:sqlite';
import { decide, KEY_KEPT_MS, userCharge } from '../../decide.ts';
import type { ReserveRequest, ReserveResult, RunRecord, Settled, Settlement, UsageRequest } from '../../ports.ts';
import { accountsTable, killSwitch, pruning } from './accounts-table.ts';
import { linesOf, recordOf, type RunRow, runsTable } from './runs-table.ts';
import { usageTable } from './usage-table.ts';
import { windowsTable } from './windows-table.ts';

/** The synchronous half of the adapter: it runs in the worker thread, each method inside the caller's transaction. */
export type StoreOperations = ReturnType<typeof storeOperations>;

export function storeOperations(db: DatabaseSync) {
  const usage = usageTable(db);
  const tables: Tables = { windows: windowsTable(db), runs: runsTable(db), usage, kill: killSwitch(db) };
  const { windows, runs, kill } = tables;
  return {
    ...accountsTable(db, usage),
    prune: pruning(db),
    reserve: (request: ReserveRequest): ReserveResult => reserve(tables, request),
    settle: (settlement: Settlement): Settled => settle(tables, settlement),
    release: (runId: string): void => release(tables, runId),
    renew: (runId: string, leaseUntilMs: number): void => runs.renew(runId, leaseUntilMs),
    expire: (nowMs: number): number => {
      const ended = runs.leasesEnded(nowMs);
      for (const run of ended) expire(tables, run);
      return ended.length;
    },
    runOf: (runId: string): RunRecord | null => recordOf(runs.byId(runId)),
    usage: ({ owner, person, lines, nowMs }: UsageRequest) => ({
      lines: lines.map((line) => windows.balanceOf(line, person)),
      running: runs.running(owner, nowMs),
    }),
    setKillSwitch: (on: boolean): void => kill.set(on),
    isKilled: (): boolean => kill.isOn(),
  };
}

interface Tables {
  readonly windows: ReturnType<typeof windowsTable>;
  readonly runs: ReturnType<typeof runsTable>;
  readonly usage: ReturnType<typeof usageTable>;
  readonly kill: ReturnType<typeof killSwitch>;
}

function reserve(tables: Tables, request: ReserveRequest): ReserveResult {
  const { windows, runs, kill } = tables;
  const { owner, person, nowMs, lines, concurrentRuns } = request;
  for (const run of runs.leasesEnded(nowMs, owner)) expire(tables, run);
  const seen = runs.byKey(owner, request.idempotencyKey);
  if (seen && seen.created_ms > nowMs - KEY_KEPT_MS) {
    if (seen.input_hash !== request.inputHash) return { kind: 'conflict' };
    return { kind: seen.state === 'settled' ? 'settled' : 'running', runId: seen.run_id };
  }
  if (seen) runs.forgetKey(seen.run_id);
  const standing = { killed: kill.isOn(), running: runs.running(owner, nowMs), concurrentRuns };
  const denial = decide(standing, lines, (line) => windows.balanceOf(line, person));
  if (denial) return { kind: 'denied', denial };
  for (const line of lines) windows.hold(line, person);
  runs.insert(request);
  return { kind: 'held' };
}

function settle({ windows, runs, usage }: Tables, settlement: Settlement): Settled {
  const run = runs.byId(settlement.runId);
  // The account was deleted and the run with it: nothing may come back.
  if (!run) return { computeUs: settlement.computeUs, remainingUs: 0, resetsAtMs: 0 };
  const lines = linesOf(run);
  const open = run.state === 'held' || run.state === 'expired';
  if (open) {
    const userUs = userCharge(settlement, settlement.timeoutUs === null ? 0 : usage.timeoutsOf(run));
    for (const line of lines) {
      const actual = line.unit === 'microUsd' ? settlement.capMicroUsd : userUs;
      // An ended lease gave the holds back already, and charged the worst case to the cap: correct it to the real use.
      const charged = run.state === 'expired' && line.unit === 'microUsd' ? line.amount : 0;
      windows.move(line, { held: run.state === 'held' ? -line.amount : 0, settled: actual - charged });
    }
    runs.settle(settlement, userUs);
    if (run.owner !== '') usage.add(run, settlement, userUs);
  }
  const computeUs = open ? settlement.computeUs : (run.compute_us ?? 0);
  const day = lines.find(({ code }) => code === 'limit.quota');
  if (!day) return { computeUs, remainingUs: 0, resetsAtMs: 0 };
  const { settled, held } = windows.balanceOf(day, null);
  return { computeUs, remainingUs: Math.max(0, day.limit - settled - held), resetsAtMs: day.resetsAtMs };
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
