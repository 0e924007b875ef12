import { quantile } from '../bench/figures.ts';
import { logNormal, poissonArrivals } from '../queueing/draws.ts';
import { simulateQueue } from '../queueing/simulate.ts';
import { randomFrom } from '../random.ts';

/** What is assumed of users and pages, and what is asked of the service. */
export interface Assumptions {
  readonly callsPerUserDay: number;
  /** The part of a day's calls that falls into its busiest hour; a flat day has 1/24. */
  readonly busiestHour: number;
  readonly sentencesPerPage: number;
  /** Standard deviation of a page's sentences over their mean. */
  readonly spread: number;
  /** The wait for a replica that 95 of 100 calls of the busiest hour must not exceed. */
  readonly p95WaitS: number;
  /** The part of the replicas' time that the busiest hour may take: what is left is for a replica that dies, and for a bad day. */
  readonly mostBusy: number;
}

export interface Need {
  readonly users: number;
  /** Calls, in the busiest hour. */
  readonly perSecond: number;
  /** The least that keep the wait. */
  readonly replicas: number;
  /** Of the replicas' time, in the busiest hour. */
  readonly busy: number;
  readonly p50WaitMs: number;
  readonly p95WaitMs: number;
  readonly p99WaitMs: number;
}

/** Enough for a 99th percentile that stays where it is when the seed is changed. */
const CALLS = 40_000;
const SEED = 20_261_126;

/** The fewest replicas that keep the wait for so many daily users, each replica as fast as was measured. */
export function replicasFor(users: number, sentencesPerSecond: number, assumed: Assumptions): Need {
  const perSecond = (users * assumed.callsPerUserDay * assumed.busiestHour) / 3_600;
  const meanS = assumed.sentencesPerPage / sentencesPerSecond;
  const waitsWith = (replicas: number): readonly number[] => waitsS({ perSecond, meanS, replicas, spread: assumed.spread });
  const keeps = (replicas: number): boolean => quantile(waitsWith(replicas), 0.95) <= assumed.p95WaitS;
  const least = Math.max(1, Math.ceil((perSecond * meanS) / assumed.mostBusy));
  const replicas = fewest(least, keeps);
  const waits = waitsWith(replicas);
  const ms = (share: number): number => Math.round(quantile(waits, share) * 1000);
  const busy = (perSecond * meanS) / replicas;
  return { users, perSecond, replicas, busy, p50WaitMs: ms(0.5), p95WaitMs: ms(0.95), p99WaitMs: ms(0.99) };
}

/** The first from `least` on that holds; what holds for some holds for more. */
function fewest(least: number, holds: (replicas: number) => boolean): number {
  let step = 1;
  while (!holds(least + step - 1)) step *= 2;
  let [low, high] = [least + Math.floor(step / 2) - 1, least + step - 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

interface Hour {
  readonly perSecond: number;
  readonly meanS: number;
  readonly spread: number;
  readonly replicas: number;
}

/** Many busiest hours on end, as if the hour never ended: the queue has the time to become as long as it gets. */
function waitsS({ perSecond, meanS, spread, replicas }: Hour): readonly number[] {
  const random = randomFrom(SEED);
  const work = logNormal(meanS, spread);
  const arrivals = poissonArrivals(perSecond, CALLS / perSecond, random);
  const pool = { min: replicas, max: replicas, maxWaiting: Number.POSITIVE_INFINITY, coldStartS: 0, idleTailS: 0 };
  return simulateQueue({ arrivals, serviceS: () => work(random) }, pool).waitsS;
}
