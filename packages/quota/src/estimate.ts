import { assertAmount } from './amount.ts';

/** Runs of one procedure and size class that must be known before their p95 is trusted. */
const MIN_RUNS = 8;
/** Older runs are forgotten, so that a faster model is noticed. */
const KEPT_RUNS = 128;

/** Learns what runs of a size cost. Until it knows, the answer is the worst case. */
export interface Estimator {
  /** p95 of the compute of runs of this size in microseconds, never above `worstUs`. */
  estimateUs(procedure: string, size: number): number;
  observe(procedure: string, size: number, computeUs: number): void;
}

/** Sizes are classed by powers of two: a page of 3 000 characters learns from those of 2 048 to 4 095. */
const sizeClass = (size: number): number => Math.floor(Math.log2(Math.max(1, size)));

export function estimator(worstUs: number): Estimator {
  assertAmount('worstUs', worstUs);
  const seen = new Map<string, number[]>();
  const keyOf = (procedure: string, size: number) => {
    assertAmount('size', size);
    return `${procedure}:${sizeClass(size)}`;
  };
  return {
    estimateUs: (procedure, size) => {
      const runs = seen.get(keyOf(procedure, size));
      if (!runs || runs.length < MIN_RUNS) return worstUs;
      const sorted = runs.toSorted((a, b) => a - b);
      return Math.min(worstUs, sorted[Math.ceil(sorted.length * 0.95) - 1] ?? worstUs);
    },
    observe: (procedure, size, computeUs) => {
      assertAmount('computeUs', computeUs);
      const key = keyOf(procedure, size);
      seen.set(key, [...(seen.get(key) ?? []), computeUs].slice(-KEPT_RUNS));
    },
  };
}
