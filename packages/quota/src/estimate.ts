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

/** Changed in place: a server learns from thousands of runs a second, and copies of what it knows would be most of its garbage. */
interface Learned {
  /** The latest last. */
  readonly runs: Known[];
  pace: number;
  /** A run asks for the same lines several times: what its size cost, and what the latest runs cost beside theirs. */
  lines: Map<number, Line | null>;
}

type Line = (size: number) => number;

export function estimator(worstUs: number): Estimator {
  assertAmount('worstUs', worstUs);
  const seen = new Map<string, Learned>();
  const unknown: Prediction = { p50Us: worstUs, p95Us: worstUs, wallP50Us: worstUs, runs: 0 };
  return {
    predict: (procedure, size) => {
      assertAmount('size', size);
      const known = seen.get(procedure);
      const at = sizeOf(size);
      const line = known && lineAt(known, at);
      if (!line) return unknown;
      const foretold = line(at) + known.pace;
      // What was foretold too low by so much in one case of twenty will be again; where nothing was, the line speaks for it.
      const misses = sortedNear(known, at, (run) => run.miss ?? run.cost - line(run.size));
      const us = (share: number) => Math.min(worstUs, Math.round(Math.exp(foretold + quantile(misses, share))));
      return {
        p50Us: us(0.5),
        p95Us: us(0.95),
        runs: misses.length,
        // Only a quote asks for it; a run is held by the amounts alone.
        get wallP50Us() {
          return quantile(
            sortedNear(known, at, (run) => run.wallUs),
            0.5,
          );
        },
      };
    },
    observe: (sample) => {
      const learned = seen.get(sample.procedure) ?? nothing();
      learn(learned, paidOf(sample));
      seen.set(sample.procedure, learned);
    },
    recall: (samples) => {
      for (const [procedure, before] of Map.groupBy(samples, (sample) => sample.procedure)) {
        const learned = nothing();
        for (const paid of before.slice(-KEPT_RUNS).map(paidOf)) learn(learned, paid);
        for (const paid of seen.get(procedure)?.runs ?? []) learn(learned, paid);
        seen.set(procedure, learned);
      }
    },
  };
}

const nothing = (): Learned => ({ runs: [], pace: 0, lines: new Map() });

function paidOf({ size, computeUs, wallUs }: Sample): Paid {
  assertAmount('size', size);
  assertAmount('computeUs', computeUs);
  assertAmount('wallUs', wallUs);
  return { size: sizeOf(size), cost: Math.log(Math.max(1, computeUs)), wallUs };
}

function learn(learned: Learned, { size, cost, wallUs }: Paid): void {
  const line = lineAt(learned, size);
  learned.runs.push({ size, cost, wallUs, miss: line && cost - line(size) - learned.pace });
  if (learned.runs.length > KEPT_RUNS) learned.runs.shift();
  learned.lines = new Map();
  learned.pace = paceOf(learned);
}

const sizeOf = (size: number): number => Math.log(size + 1);

/** By how much the latest runs cost more than the lines of their sizes say. */
function paceOf(learned: Learned): number {
  let sum = 0;
  let weights = PACE_DOUBT;
  for (let age = 0; age < Math.min(PACE_RUNS, learned.runs.length); age += 1) {
    const run = learned.runs.at(-1 - age);
    const line = run && lineAt(learned, run.size);
    if (!line) continue;
    const weight = PACE_FADES ** age;
    const late = run.cost - line(run.size);
    sum += weight * Math.max(-PACE_STEP, Math.min(PACE_STEP, late));
    weights += weight;
  }
  return sum / weights;
}

function lineAt({ runs, lines }: Learned, at: number): Line | null {
  const known = lines.get(at);
  if (known !== undefined) return known;
  const line = fit(runs, at);
  lines.set(at, line);
  return line;
}

const isNear = (size: number, at: number): boolean => Math.abs(size - at) <= SIMILAR;

/**
 * Weighted least squares through the runs of a similar size; the nearer in size the more a run weighs. Cost never falls with
 * size; where the data says so, it is noise. Null when too few are known.
 */
function fit(runs: readonly Known[], at: number): Line | null {
  const near = { count: 0, weight: 0, size: 0, cost: 0, squares: 0, products: 0 };
  for (const { size, cost } of runs) {
    const away = size - at;
    if (!isNear(size, at)) continue;
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

const scratch = new Float64Array(KEPT_RUNS);

/** One number of each run of a similar size, in order; overwritten by the next call. */
function sortedNear({ runs }: Learned, at: number, of: (run: Known) => number): Float64Array {
  let count = 0;
  for (const run of runs) if (isNear(run.size, at)) scratch[count++] = of(run);
  // oxlint-disable-next-line unicorn/no-array-sort -- in place: a copy a run is what this avoids
  return scratch.subarray(0, count).sort();
}

const quantile = (sortedValues: Float64Array, share: number): number =>
  sortedValues[Math.ceil(sortedValues.length * share) - 1] ?? Number.NaN;
