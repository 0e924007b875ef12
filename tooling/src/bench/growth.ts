import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Clock, pruneOld, type Store } from '@twohop/quota';
import { load } from '../prove/load.ts';
import type { BenchStore } from './bench-store.ts';
import { pacedRounds } from './drive.ts';
import type { Bar } from './figures.ts';
import { quantile, ratioOf } from './figures.ts';
import { ledgerLoad } from './ledger-load.ts';

const USERS = 200_000;
const RECEIPTS = 1_000_000;
/** A pace that each store keeps up with easily, so that the p99 tells of the store and not of a queue. */
const PER_SECOND = 300;
const LOOKS = 3;
const LOOK_MS = 5_000;
const GROWTH_BAR = 1.5;
const MEMORY_BAR_MIB = 64;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Of what is in use, without what only waits to be collected. */
const memoryMib = (): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};

export interface Growth {
  readonly bars: readonly Bar[];
  readonly notes: readonly string[];
}

/** Whether a store that has served 200 000 users still answers as an empty one does, also while it forgets old receipts. */
export async function growth(bench: BenchStore, tell: (line: string) => void): Promise<Growth> {
  const store = await bench.open();
  const runs = ledgerLoad(store, USERS);
  const p99 = async () =>
    quantile(await pacedRounds(LOOKS, { perSecond: PER_SECOND, ms: LOOK_MS, operation: runs.reserveAndSettle }), 0.5);
  await load({ calls: 5_000, inFlight: 64 }, runs.reserveAndSettle);
  const before = { p99: await p99(), memory: memoryMib() };
  for (let filled = 0; filled < RECEIPTS; filled += 50_000) {
    await load({ calls: 50_000, inFlight: 256 }, (index) => runs.reserveAndSettle(filled + index));
    tell(`${bench.name}: ${filled + 50_000} of ${RECEIPTS} receipts`);
  }
  const after = { p99: await p99(), memory: memoryMib() };
  const stopPruning = startPruning(store);
  const whilePruning = await p99();
  const pruned = stopPruning();
  await store.close();
  const name = `${bench.name} reserve p99`;
  return {
    bars: [
      {
        name: `${name} at ${RECEIPTS} receipts of ${USERS} users ÷ at 5 000`,
        atMost: GROWTH_BAR,
        actual: ratioOf(after.p99, before.p99),
      },
      { name: `${name} while old receipts are pruned ÷ before`, atMost: GROWTH_BAR, actual: ratioOf(whilePruning, after.p99) },
      {
        name: `${bench.name} memory of the process, MiB more`,
        atMost: MEMORY_BAR_MIB,
        actual: Math.round(after.memory - before.memory),
      },
    ],
    notes: [`${name}: ${before.p99} ms empty, ${after.p99} ms full, ${whilePruning} ms while ${pruned} rows were pruned.`],
  };
}

const clock: Clock = {
  nowMs: () => Date.now(),
  every: (periodMs, task) => {
    const timer = setInterval(task, periodMs);
    return () => clearInterval(timer);
  },
};

/** As the server does it, with a retention of nothing. Returns what ends it and tells how many rows it was. */
function startPruning(store: Store): () => number {
  let rows = 0;
  const counted = async (beforeMs: number): Promise<number> => {
    const found = await store.prune(beforeMs);
    rows += found;
    return found;
  };
  const stop = pruneOld({ prune: counted }, { clock, keepMs: 0 });
  return () => {
    stop();
    return rows;
  };
}
