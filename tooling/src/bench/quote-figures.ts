import { quantile, ratioOf, type Report } from './figures.ts';

/** A run that was quoted before it ran. */
export interface Quoted {
  readonly p50Us: number;
  readonly p95Us: number;
  readonly learnedFromRuns: number;
  /** By its receipt. */
  readonly actualUs: number;
}

const DEVIATION_BAR = 0.25;

const deviationOf = (foretoldUs: number, actualUs: number): number => Math.abs(foretoldUs - actualUs) / actualUs;

/** One disturbed minute of a shared machine is in one round; the median of three tells of the quotes. */
const ROUND = 100;

const rounds = <T>(values: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(values.length / ROUND) }, (_, round) => values.slice(round * ROUND, (round + 1) * ROUND));

/** Rounded up, so that no bar is passed by rounding. */
const p95Of = (values: readonly number[]): number => Math.ceil(quantile(values, 0.95) * 10_000) / 10_000;

const spreadOf = (what: string, values: readonly number[]): Record<string, number> =>
  Object.fromEntries([0.5, 0.95, 0.99].map((share) => [`${what}, p${share * 100}`, ratioOf(quantile(values, share), 1)]));

/**
 * How far the quotes were off, beside how far the machine is from itself: `sameTextUs` is what one and the same text cost
 * between the quoted runs. Against its run before it is off by noise alone, which no quote can foretell.
 */
export function judgeQuotes(quoted: readonly Quoted[], sameTextUs: readonly number[]): Pick<Report, 'ratios' | 'bars'> {
  const deviations = quoted.map(({ p50Us, actualUs }) => deviationOf(p50Us, actualUs));
  const p95OfRounds = rounds(deviations).map(p95Of);
  const heldPerUsed = quoted.map(({ p95Us, actualUs }) => p95Us / actualUs);
  const shareOf = (holds: (run: Quoted) => boolean) => ratioOf(quoted.filter(holds).length, quoted.length);
  const medianUs = quantile(sameTextUs, 0.5);
  const againstMedian = sameTextUs.map((us) => deviationOf(medianUs, us));
  const againstLast = sameTextUs.slice(1).map((us, index) => deviationOf(sameTextUs[index] ?? Number.NaN, us));
  return {
    ratios: {
      ...spreadOf('receipt against its quoted p50', deviations),
      ...Object.fromEntries(p95OfRounds.map((p95, round) => [`receipt against its quoted p50, p95 of round ${round + 1}`, p95])),
      'share of receipts of at most their quoted p95': shareOf(({ p95Us, actualUs }) => actualUs <= p95Us),
      'share of quotes that knew nothing (the worst case)': shareOf(({ learnedFromRuns }) => learnedFromRuns === 0),
      'quoted p95 ÷ receipt, p50': ratioOf(quantile(heldPerUsed, 0.5), 1),
      ...spreadOf('noise: one text against its median', againstMedian),
      ...spreadOf('noise: one text against its run before', againstLast),
    },
    bars: [
      {
        name: `receipt against its quoted p50, p95: median of rounds of ${ROUND}`,
        atMost: DEVIATION_BAR,
        actual: quantile(p95OfRounds, 0.5),
      },
    ],
  };
}
