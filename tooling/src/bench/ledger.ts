import type { Store } from '@twohop/quota';
import type { BenchStore } from './bench-store.ts';
import { drive, paced } from './drive.ts';
import { type Bar, quantile, ratioOf, type Report, type Result } from './figures.ts';
import { growth } from './growth.ts';
import { ledgerLoad } from './ledger-load.ts';

const LEVELS = [1, 8, 64] as const;
const USERS = 10_000;
const FULL_MS = 4_000;
const QUICK_MS = 400;

/** Reserves of one tick share a transaction: so many times what each would reach in a transaction of its own. */
const GROUP_COMMIT_BAR = 5;
const HALF_LOAD_P99_BAR_MS = 3;
/** Of what pgbench's simple update reaches on the same server. */
const POSTGRES_BAR = 0.5;

export interface LedgerBench {
  readonly quick: boolean;
  readonly tell: (line: string) => void;
}

/** Reserve and settle on each store, against the least that a transaction on it can cost, measured in the same run. */
export async function benchLedger(stores: readonly BenchStore[], options: LedgerBench): Promise<Report> {
  const reports: Report[] = [];
  for (const store of stores) reports.push(await benchStore(store, options));
  return {
    results: reports.flatMap(({ results }) => results),
    ratios: Object.assign({}, ...reports.map(({ ratios }) => ratios)) as Record<string, number>,
    bars: reports.flatMap(({ bars }) => bars),
    notes: reports.flatMap(({ notes }) => notes),
  };
}

async function benchStore(bench: BenchStore, { quick, tell }: LedgerBench): Promise<Report> {
  const ms = quick ? QUICK_MS : FULL_MS;
  const bare = await bench.bare(ms);
  const single = bench.openSingle ? [await level(bench.openSingle, singleLoad(bench.name, ms))] : [];
  const reserves = await levels(bench, 'reserve', ms);
  const both = await levels(bench, 'reserve + settle', ms);
  const most = at(both, 64).perSecond;
  const { p99s, bareP99s } = await halfLoad(bench, most / 2, ms);
  const halfLoadP99Ms = quantile(p99s, 0.5);
  const grown = quick ? { bars: [], notes: [] } : await growth(bench, tell);
  const bareMost = Math.max(...bare.map(({ perSecond }) => perSecond));
  const ratios: Record<string, number> = {
    ...Object.fromEntries(
      single.map(({ perSecond }) => [groupCommitOf(bench.name), ratioOf(at(reserves, 64).perSecond, perSecond)]),
    ),
    ...Object.fromEntries(
      both.map((result) => [
        `${bench.name} reserve + settle at ${result.concurrency} ÷ bare transaction`,
        ratioOf(result.perSecond, bareMost),
      ]),
    ),
  };
  return {
    results: [...bare, ...single, ...reserves, ...both],
    ratios,
    bars: [...barsOf(bench.name, ratios, halfLoadP99Ms), ...grown.bars],
    notes: [
      `${bench.name}: reserve p99 ${p99s.join(', ')} ms in ${ROUNDS} rounds at ${Math.round(most / 2)} runs a second, half of what it can do.`,
      ...(bareP99s.length > 0
        ? [
            `${bench.name}: bare transactions of one insert at the same pace between them, p99 ${bareP99s.join(', ')} ms: what the machine's own stalls cost.`,
          ]
        : []),
      ...grown.notes,
    ],
  };
}

const groupCommitOf = (store: string): string => `${store} reserve at 64 in flight ÷ one transaction a reserve`;

function barsOf(store: string, ratios: Readonly<Record<string, number>>, halfLoadP99Ms: number): Bar[] {
  const bar = (name: string, atLeast: number): Bar => ({ name, atLeast, actual: ratios[name] ?? Number.NaN });
  if (store !== 'sqlite') return [bar(`${store} reserve + settle at 64 ÷ bare transaction`, POSTGRES_BAR)];
  return [
    bar(groupCommitOf(store), GROUP_COMMIT_BAR),
    {
      name: `${store} reserve p99 at half load, ms: median of ${ROUNDS} rounds`,
      atMost: HALF_LOAD_P99_BAR_MS,
      actual: halfLoadP99Ms,
    },
  ];
}

interface Level {
  readonly name: string;
  readonly what: 'reserve' | 'reserve + settle';
  readonly concurrency: number;
  readonly ms: number;
}

const singleLoad = (store: string, ms: number): Level => ({
  name: `${store} reserve, one a transaction`,
  what: 'reserve',
  concurrency: 64,
  ms,
});

/** On an empty store: what the level before has left behind is no part of it. */
async function level(open: () => Promise<Store>, { name, what, concurrency, ms }: Level): Promise<Result> {
  const store = await open();
  const runs = ledgerLoad(store, USERS);
  const operation = what === 'reserve' ? runs.reserve : runs.reserveAndSettle;
  return drive({ name, concurrency, ms, operation }).finally(() => store.close());
}

async function levels(bench: BenchStore, what: Level['what'], ms: number): Promise<Result[]> {
  const results: Result[] = [];
  for (const concurrency of LEVELS) {
    results.push(await level(bench.open, { name: `${bench.name} ${what}`, what, concurrency, ms }));
  }
  return results;
}

const ROUNDS = 5;

/** Nothing else begins while it runs in this thread: whoever was due meanwhile has waited too. */
const sinceDue = (transaction: () => void) => async (_index: number, dueMs: number) => {
  transaction();
  return performance.now() - dueMs;
};

interface HalfLoad {
  /** Of the reserves, a round each. */
  readonly p99s: readonly number[];
  /** Of bare transactions at the same pace, between those rounds: what the disk alone does to a caller. */
  readonly bareP99s: readonly number[];
}

/** The first round counts for nothing: a thread that has just started runs its code slowly. */
async function halfLoad(bench: BenchStore, perSecond: number, ms: number): Promise<HalfLoad> {
  const store = await bench.open();
  const bare = bench.openBare?.();
  const { reserveAndSettle } = ledgerLoad(store, USERS);
  const [p99s, bareP99s]: [number[], number[]] = [[], []];
  let last = 0;
  try {
    await paced({ perSecond, ms, operation: () => reserveAndSettle(last++) });
    for (let round = 0; round < ROUNDS; round += 1) {
      p99s.push(await paced({ perSecond, ms, operation: () => reserveAndSettle(last++) }));
      if (bare) bareP99s.push(await paced({ perSecond, ms, operation: sinceDue(bare.transaction) }));
    }
    return { p99s, bareP99s };
  } finally {
    bare?.close();
    await store.close();
  }
}

function at(results: readonly Result[], concurrency: number): Result {
  const found = results.find((result) => result.concurrency === concurrency);
  if (!found) throw new Error(`nothing was measured at ${concurrency} in flight`);
  return found;
}
