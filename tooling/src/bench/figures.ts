/** How one operation did at one level of concurrency. */
export interface Result {
  readonly name: string;
  readonly concurrency: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a figure must reach. */
export interface Bar {
  readonly name: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly actual: number;
}

export const holds = ({ atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY, actual }: Bar): boolean =>
  actual >= atLeast && actual <= atMost;

export interface Report {
  readonly results: readonly Result[];
  readonly ratios: Readonly<Record<string, number>>;
  readonly bars: readonly Bar[];
  /** What is said beside the figures: how large the store was, what could not be measured. */
  readonly notes: readonly string[];
}

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

export const resultOf = (
  name: string,
  concurrency: number,
  { latencies, ms }: { latencies: readonly number[]; ms: number },
): Result => ({
  name,
  concurrency,
  perSecond: Math.round((latencies.length * 1000) / ms),
  p50Ms: round(quantile(latencies, 0.5), 3),
  p99Ms: round(quantile(latencies, 0.99), 3),
});

export const ratioOf = (part: number, whole: number): number => round(part / whole);
