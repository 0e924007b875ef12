import type { DatabaseSync } from 'node:sqlite';
import { decide, KEY_KEPT_MS, userCharge } from '../../decide.ts';
import type { Ledger, ReserveRequest, ReserveResult, RunRecord, Settled, Settlement, Store, UsageRequest } from '../../ports.ts';
import { accountsTable, claimsTable, killSwitch, pruning } from './accounts-table.ts';
import { actsTable } from './acts-table.ts';
import { linesOf, recordOf, type RunRow, runsTable } from './runs-table.ts';
import { usageTable } from './usage-table.ts';
import { usersTable } from './users-table.ts';
import { windowsTable } from './windows-table.ts';

type Operation = Exclude<keyof Store, 'close'>;

/** One call as it comes through the lane. */
export type Wire = [operation: Operation, ...args: unknown[]];

/** What each operation of the port does to the file. */
type Operations = { readonly [O in Operation]: (...args: Parameters<Store[O]>) => Awaited<ReturnType<Store[O]>> };

/** The synchronous half of the adapter: does calls one after another, inside the caller's transaction. */
export function storeOperations(db: DatabaseSync): (calls: readonly Wire[]) => unknown[] {
  const usage = usageTable(db);
  const tables: Tables = { windows: windowsTable(db), runs: runsTable(db), usage, kill: killSwitch(db), acts: actsTable(db) };
  const operations: Operations = { ...ledgerOperations(tables), ...recordOperations(db, tables) };
  const perform = ([operation, ...args]: Wire): unknown => (operations[operation] as (...values: unknown[]) => unknown)(...args);
  return (calls) => {
    // What an earlier transaction has read, others may have changed since.
    tables.windows.forget();
    const results = calls.map((call) => perform(call) ?? null);
    tables.windows.flush();
    return results;
  };
}

interface Tables {
  readonly windows: ReturnType<typeof windowsTable>;
  readonly runs: ReturnType<typeof runsTable>;
  readonly usage: ReturnType<typeof usageTable>;
  readonly kill: ReturnType<typeof killSwitch>;
  readonly acts: ReturnType<typeof actsTable>;
}

const ledgerOperations = (tables: Tables): Pick<Operations, keyof Ledger> => ({
  reserve: (request) => reserve(tables, request),
  settle: (settlement) => settle(tables, settlement),
  release: (runId) => release(tables, runId),
  renew: (runId, leaseUntilMs) => tables.runs.renew(runId, leaseUntilMs),
  expire: (nowMs) => {
    const ended = tables.runs.leasesEnded(nowMs);
    for (const run of ended) expire(tables, run);
    return ended.length;
  },
  runOf: (runId): RunRecord | null => recordOf(tables.runs.byId(runId)),
  samples: (latest) => tables.runs.samples(latest),
  usage: ({ owner, person, lines, nowMs }: UsageRequest) => ({
    lines: lines.map((line) => {
      const { settled, held } = tables.windows.balanceOf(line, person);
      return { settled, held };
    }),
    running: tables.runs.leasesOf(owner).filter((untilMs) => untilMs > nowMs).length,
  }),
  setKillSwitch: (on, act) => {
    tables.kill.set(on);
    if (act) tables.acts.add(act);
  },
  isKilled: () => tables.kill.isOn(),
});

/** These work on the rows themselves: what the calls before them have changed is written first. */
function recordOperations(db: DatabaseSync, { windows, usage, acts }: Tables): Omit<Operations, keyof Ledger> {
  const accounts = accountsTable(db, usage);
  const prune = pruning(db);
  return {
    claim: claimsTable(db),
    account: accounts.account,
    setAccount: (owner, account, act) => {
      accounts.setAccount(owner, account);
      if (act) acts.add(act);
    },
    users: usersTable(db),
    acts: acts.latest,
    exportAccount: (owner) => {
      windows.flush();
      return accounts.exportAccount(owner);
    },
    deleteAccount: (deletion, act) => {
      windows.flush();
      accounts.deleteAccount(deletion);
      if (act) acts.add(act);
    },
    prune: (beforeMs) => {
      windows.flush();
      return prune(beforeMs);
    },
  };
}

function reserve(tables: Tables, request: ReserveRequest): ReserveResult {
  const { windows, runs, kill } = tables;
  const { owner, person, nowMs, lines, concurrentRuns } = request;
  const leases = runs.leasesOf(owner);
  const running = leases.filter((untilMs) => untilMs > nowMs).length;
  if (running < leases.length) for (const run of runs.leasesEnded(nowMs, owner)) expire(tables, run);
  const seen = runs.byKey(owner, request.idempotencyKey);
  if (seen && seen.state !== 'expired' && seen.created_ms > nowMs - KEY_KEPT_MS) {
    if (seen.input_hash !== request.inputHash) return { kind: 'conflict' };
    return { kind: seen.state === 'settled' ? 'settled' : 'running', runId: seen.run_id };
  }
  const standing = { killed: kill.isOn(), running, concurrentRuns };
  const denial = decide(standing, lines, (line) => windows.balanceOf(line, person));
  if (denial) return { kind: 'denied', denial };
  if (seen) runs.forgetKey(seen.run_id);
  for (const line of lines) windows.hold(line, person);
  runs.insert(request);
  return { kind: 'held' };
}

function settle({ windows, runs, usage }: Tables, settlement: Settlement): Settled {
  const run = runs.byId(settlement.runId);
  // The account was deleted and the run with it: nothing may come back.
  if (!run) return { computeUs: settlement.computeUs, remainingUs: 0, resetsAtMs: 0 };
  const lines = linesOf(run);
  const own = lines.find(({ code }) => code === 'limit.quota');
  const open = run.state === 'held' || run.state === 'expired';
  if (open) {
    const userUs = isTakenOver(run) ? 0 : userCharge(settlement, settlement.timeoutUs === null ? 0 : usage.timeoutsOf(run));
    for (const line of lines) {
      const actual = line.unit === 'microUsd' ? settlement.capMicroUsd : userUs;
      // An ended lease gave the holds back already, and charged the worst case to the cap: correct it to the real use.
      const charged = run.state === 'expired' && line.unit === 'microUsd' ? line.amount : 0;
      windows.move(line, { held: run.state === 'held' ? -line.amount : 0, settled: actual - charged });
    }
    // What a settled run is still asked for is its owner's day, and most rows of the table are settled runs.
    runs.settle(settlement, { lines: own ? [own] : [], owner: run.owner, userUs });
    if (run.owner !== '') usage.add(run, settlement, userUs);
  }
  const computeUs = open ? settlement.computeUs : (run.compute_us ?? 0);
  if (!own) return { computeUs, remainingUs: 0, resetsAtMs: 0 };
  const { settled, held } = windows.balanceOf(own, null);
  return { computeUs, remainingUs: Math.max(0, own.limit - settled - held), resetsAtMs: own.resetsAtMs };
}

/** The user tried again with the same key when its lease had ended, and pays for that run: nobody pays twice. */
const isTakenOver = (run: RunRow): boolean => run.state === 'expired' && run.idempotency_key === null;

/** Before dispatch nothing can have run, so an ended lease's charge to the cap is taken back as well. */
function release({ windows, runs }: Tables, runId: string): void {
  const run = runs.byId(runId);
  if (run?.state !== 'held' && run?.state !== 'expired') return;
  for (const line of linesOf(run)) {
    if (run.state === 'held') windows.move(line, { held: -line.amount, settled: 0 });
    else if (line.unit === 'microUsd') windows.move(line, { held: 0, settled: -line.amount });
  }
  runs.release(runId);
}

/** The user, the address and the pool get their hold back; the cap keeps the worst case, since the run may have spent it. */
function expire({ windows, runs }: Tables, run: RunRow): void {
  for (const line of linesOf(run)) {
    windows.move(line, { held: -line.amount, settled: line.unit === 'microUsd' ? line.amount : 0 });
  }
  runs.expire(run.run_id);
}
