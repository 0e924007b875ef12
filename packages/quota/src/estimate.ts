import { assertAmount } from './amount.ts';
import type { Sample } from './ports.ts';

/** Runs of a similar size that must be known before anything is said about a new one. */
const MIN_RUNS = 8;
/** Older runs are forgotten, so that a faster model is noticed. */
const KEPT_RUNS = 256;
/** Similar is at least half and at most twice the size: so far the logarithms lie on a line. */
const SIMILAR = Math.LN2;
/** Beside the 1 of a run of the very same size. */
const FARTHEST_WEIGHS = 0.1;
/** The latest runs, whatever their size, tell how fast the machine is just now; each counts for so much of the one after it. */
const PACE_RUNS = 8;
const PACE_FADES = 0.85;
/** They are put beside one run on the usual pace: a single odd one is not believed entirely. */
const PACE_DOUBT = 1;
/** No run says more than that all takes twice, or half, as long: what it adds to that is its own misfortune. */
const PACE_STEP = Math.LN2;
/** The same for the slope: runs that are all of one size tell none, and are taken for proportional. */
const SLOPE_DOUBT = 0.05;

/** What a run will probably cost. `p95Us` is what is held of a budget for it. */
export interface Prediction {
  readonly p50Us: number;
  readonly p95Us: number;
  /** How long such runs took, waiting included. */
  readonly wallP50Us: number;
  /** How many runs it rests on; 0: nothing is known, and the amounts are the worst case. */
  readonly runs: number;
}

/** Learns what runs of a size cost. Until it knows, the answer is the worst case. */
export interface Estimator {
  /** Never above `worstUs`. */
  predict(procedure: string, size: number): Prediction;
  observe(sample: Sample): void;
  /** What is known from before, the oldest first: what was observed meanwhile comes after it. */
  recall(samples: readonly Sample[]): void;
}

/** A run in logarithms: there a slow machine is a summand, and an outlier is not so far out. */
interface Paid {
  readonly size: number;
  readonly cost: number;
  readonly wallUs: number;
}

interface Known extends Paid {
  /** By how much it cost more than was foretold for it; null when nothing was. */
  readonly miss: number | null;
}

interface Learned {
  /** The latest last. */
  readonly runs: readonly Known[];
  readonly pace: number;
}

const NOTHING: Learned = { runs: [], pace: 0 };

export function estimator(worstUs: number): Estimator {
  assertAmount('worstUs', worstUs);
  const seen = new Map<string, Learned>();
  const unknown: Prediction = { p50Us: worstUs, p95Us: worstUs, wallP50Us: worstUs, runs: 0 };
  return {
    predict: (procedure, size) => {
      assertAmount('size', size);
      const known = seen.get(procedure);
      const at = sizeOf(size);
      const line = known && lineAt(known.runs, at);
      if (!line) return unknown;
      const near = known.runs.filter((run) => Math.abs(run.size - at) <= SIMILAR);
      const foretold = line(at) + known.pace;
      // What was foretold too low by so much in one case of twenty will be again; where nothing was, the line speaks for it.
      const misses = sorted(near.map((run) => run.miss ?? run.cost - line(run.size)));
      const us = (share: number) => Math.min(worstUs, Math.round(Math.exp(foretold + quantile(misses, share))));
      return {
        p50Us: us(0.5),
        p95Us: us(0.95),
        // Only a quote asks for it; a run is held by the amounts alone.
        get wallP50Us() {
          return quantile(sorted(near.map((run) => run.wallUs)), 0.5);
        },
        runs: near.length,
      };
    },
    observe: (sample) => void seen.set(sample.procedure, learn(seen.get(sample.procedure), paidOf(sample))),
    recall: (samples) => {
      for (const [procedure, before] of Map.groupBy(samples, (sample) => sample.procedure)) {
        const paid = [...before.slice(-KEPT_RUNS).map(paidOf), ...(seen.get(procedure)?.runs ?? [])];
        seen.set(procedure, paid.reduce(learn, NOTHING));
      }
    },
  };
}

function paidOf({ size, computeUs, wallUs }: Sample): Paid {
  assertAmount('size', size);
  assertAmount('computeUs', computeUs);
  assertAmount('wallUs', wallUs);
  return { size: sizeOf(size), cost: Math.log(Math.max(1, computeUs)), wallUs };
}

function learn({ runs, pace }: Learned = NOTHING, { size, cost, wallUs }: Paid): Learned {
  const line = lineAt(runs, size);
  const known = [...runs, { size, cost, wallUs, miss: line && cost - line(size) - pace }].slice(-KEPT_RUNS);
  return { runs: known, pace: paceOf(known) };
}

const sizeOf = (size: number): number => Math.log(size + 1);

/** By how much the latest runs cost more than the lines of their sizes say. */
function paceOf(runs: readonly Known[]): number {
  let sum = 0;
  let weights = PACE_DOUBT;
  for (const [age, run] of runs.slice(-PACE_RUNS).toReversed().entries()) {
    const line = lineAt(runs, run.size);
    if (!line) continue;
    const weight = PACE_FADES ** age;
    const late = run.cost - line(run.size);
    sum += weight * Math.max(-PACE_STEP, Math.min(PACE_STEP, late));
    weights += weight;
  }
  return sum / weights;
}

type Line = (size: number) => number;

/** A run asks for the same lines several times: what its size cost, and what the latest runs cost beside theirs. */
const fitted = new WeakMap<readonly Known[], Map<number, Line | null>>();

function lineAt(runs: readonly Known[], at: number): Line | null {
  let lines = fitted.get(runs);
  if (!lines) fitted.set(runs, (lines = new Map<number, Line | null>()));
  let line = lines.get(at);
  if (line === undefined) lines.set(at, (line = fit(runs, at)));
  return line;
}

/**
 * Weighted least squares through the runs of a similar size; the nearer in size the more a run weighs. Cost never falls with
 * size; where the data says so, it is noise. Null when too few are known.
 */
function fit(runs: readonly Known[], at: number): Line | null {
  const near = { count: 0, weight: 0, size: 0, cost: 0, squares: 0, products: 0 };
  for (const { size, cost } of runs) {
    const away = size - at;
    if (Math.abs(away) > SIMILAR) continue;
    const weight = FARTHEST_WEIGHS + 1 - Math.abs(away) / SIMILAR;
    near.count += 1;
    near.weight += weight;
    near.size += weight * away;
    near.cost += weight * cost;
    near.squares += weight * away * away;
    near.products += weight * away * cost;
  }
  if (near.count < MIN_RUNS) return null;
  const [meanSize, meanCost] = [near.size / near.weight, near.cost / near.weight];
  const spread = near.squares / near.weight - meanSize ** 2;
  const together = near.products / near.weight - meanSize * meanCost;
  const slope = Math.max(0, (together + SLOPE_DOUBT) / (spread + SLOPE_DOUBT));
  return (size) => meanCost + slope * (size - at - meanSize);
}

const sorted = (values: readonly number[]): Float64Array => new Float64Array(values).toSorted();

const quantile = (sortedValues: Float64Array, share: number): number =>
  sortedValues[Math.ceil(sortedValues.length * share) - 1] ?? Number.NaN;
