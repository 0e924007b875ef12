import { assertAmount } from './amount.ts';

/** Runs of a similar size that must be known before anything is said about a new one. */
const MIN_RUNS = 8;
/** The runs nearest in size that a prediction rests on. */
const NEAR_RUNS = 48;
/** Older runs are forgotten, so that a faster model is noticed. */
const KEPT_RUNS = 256;

interface Sample {
  readonly size: number;
  readonly computeUs: number;
  readonly wallUs: number;
}

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
  observe(procedure: string, sample: Sample): void;
}

export function estimator(worstUs: number): Estimator {
  assertAmount('worstUs', worstUs);
  const seen = new Map<string, Sample[]>();
  const unknown: Prediction = { p50Us: worstUs, p95Us: worstUs, wallP50Us: worstUs, runs: 0 };
  return {
    predict: (procedure, size) => {
      assertAmount('size', size);
      const near = nearest(seen.get(procedure) ?? [], size);
      if (near.length < MIN_RUNS) return unknown;
      const line = fit(near.map((run) => [run.size, run.computeUs]));
      const ratios = near.map((run) => run.computeUs / line(run.size));
      const at = (share: number) => Math.min(worstUs, Math.ceil(line(size) * quantile(ratios, share)));
      const wallP50Us = Math.ceil(
        quantile(
          near.map((run) => run.wallUs),
          0.5,
        ),
      );
      return { p50Us: at(0.5), p95Us: at(0.95), wallP50Us, runs: near.length };
    },
    observe: (procedure, sample) => {
      assertAmount('size', sample.size);
      assertAmount('computeUs', sample.computeUs);
      assertAmount('wallUs', sample.wallUs);
      seen.set(procedure, [...(seen.get(procedure) ?? []), sample].slice(-KEPT_RUNS));
    },
  };
}

/** Runs of at least half and at most twice the size, the nearest first. */
function nearest(runs: readonly Sample[], size: number): Sample[] {
  const distance = (run: Sample) => Math.abs(Math.log((run.size + 1) / (size + 1)));
  return runs
    .filter((run) => distance(run) <= Math.LN2)
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, NEAR_RUNS);
}

/** Least squares over cost = a + b · size. Cost never falls with size; where the data says so, it is noise. */
function fit(points: readonly (readonly [number, number])[]): (size: number) => number {
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const meanSize = mean(([size]) => size);
  const meanCost = mean(([, cost]) => cost);
  const spread = mean(([size]) => (size - meanSize) ** 2);
  const slope = spread === 0 ? 0 : Math.max(0, mean(([size, cost]) => (size - meanSize) * (cost - meanCost)) / spread);
  // Half the mean at least: far from its points a line may fall below anything that was ever seen.
  return (size) => Math.max(meanCost / 2, meanCost + slope * (size - meanSize), 1);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
