import { z } from 'zod';
import { logNormal } from '../../queueing/draws.ts';
import { randomFrom } from '../../random.ts';
import { firstIssue } from './first-issue.ts';

const Point = z.strictObject({
  chars: z.number().positive(),
  p25ComputeUs: z.number().positive(),
  p50ComputeUs: z.number().positive(),
  p95ComputeUs: z.number().positive(),
  replyBytes: z.number().positive(),
});

/** What `npm run bench -- compute` writes. */
const Measured = z.strictObject({
  by: z.string(),
  asOf: z.iso.date(),
  machine: z.string(),
  load: z.number().nonnegative(),
  /** From the start of the model service until it was ready. */
  startSeconds: z.number().positive(),
  points: z
    .array(Point)
    .min(2)
    .refine(
      (points) => points.every(({ chars }, index) => chars > (points[index - 1]?.chars ?? 0)),
      'must ascend by characters, each once',
    ),
});
export type Measured = z.output<typeof Measured>;

/** @throws Error naming the first figure that is wrong. */
export function checkMeasured(json: unknown): Measured {
  const parsed = Measured.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`measured compute: ${firstIssue(parsed.error, 'file')}`);
}

/** Pages that a forecast draws: their mean is within two hundredths of the distribution's. */
const PAGES = 4_096;
const SEED = 20_261_126;
/** What the server takes, and what has no sentence to mark. */
const [LEAST_CHARS, MOST_CHARS] = [100, 100_000];
/** Standard deviations between the middle of a normal distribution and its P95. */
const Z95 = 1.6449;

export interface UnitCost {
  /** Seconds of the measured machine, a page each; all pages are as likely. */
  readonly computeS: readonly number[];
  readonly meanS: number;
  readonly meanReplyBytes: number;
}

/**
 * What pages cost whose lengths are log-normal. The measured figure is the lower quartile of a size: whatever else the
 * machine did meanwhile only adds to it.
 */
export function unitCostOf({ points }: Measured, pages: { p50Chars: number; p95Chars: number }): UnitCost {
  const random = randomFrom(SEED);
  const draw = logNormalOf(pages.p50Chars, pages.p95Chars / pages.p50Chars);
  const chars = Array.from({ length: PAGES }, () => clamp(draw(random), LEAST_CHARS, MOST_CHARS));
  const at = (length: number, of: (point: Measured['points'][number]) => number) => onLine(points, length, of);
  const computeS = chars.map((length) => at(length, ({ p25ComputeUs }) => p25ComputeUs) / 1e6);
  return {
    computeS,
    meanS: mean(computeS),
    meanReplyBytes: mean(chars.map((length) => at(length, (point) => point.replyBytes))),
  };
}

/** Between two measured sizes, and beyond the outermost, cost is a power of the length. */
function onLine(points: Measured['points'], chars: number, of: (point: Measured['points'][number]) => number): number {
  const above = points.findIndex((point) => point.chars >= chars);
  const upper = above === -1 ? points.length - 1 : Math.max(1, above);
  const [left, right] = [points[upper - 1], points[upper]];
  if (!left || !right) throw new Error('fewer than two sizes were measured');
  const share = Math.log(chars / left.chars) / Math.log(right.chars / left.chars);
  return of(left) * (of(right) / of(left)) ** share;
}

export const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** Log-normal with this median, of which one in twenty is more than `p95` times as much. */
export function logNormalOf(median: number, p95: number): (random: () => number) => number {
  const variance = (Math.log(p95) / Z95) ** 2;
  return logNormal(median * Math.exp(variance / 2), Math.sqrt(Math.exp(variance) - 1));
}
