import { z } from 'zod';
import { firstIssue } from './first-issue.ts';

const share = z.number().min(0).max(1);
const positive = z.number().positive();
const amount = z.number().nonnegative();

/** What users do. Everything but the first three has a default, which is an assumption and is printed as one. */
const Workload = z.strictObject({
  users: z.int().positive().max(100_000_000),
  callsPerUserDay: positive.max(10_000),
  /** 0.1: each month has a tenth more users than the one before. */
  growthPerMonth: z.number().min(-0.9).max(10).default(0),
  months: z.int().min(1).max(36).default(1),
  /** Characters of a page: half are shorter than the first, one in twenty is longer than the second. */
  pages: z
    .strictObject({ p50Chars: positive, p95Chars: positive })
    .refine(({ p50Chars, p95Chars }) => p95Chars >= p50Chars, 'p95Chars must not be below p50Chars')
    .default({ p50Chars: 4_000, p95Chars: 16_000 }),
  /** In one month of twenty so many times the expected calls come. */
  demandP95: z.number().min(1).default(1.6),
  /** Of the users, on a day. */
  activeShare: share.default(0.4),
  /** A run and what the client asks about it. */
  requestsPerCall: positive.default(2),
  /** The data hop, for each user who is there on a day. */
  readsPerActiveDay: amount.default(30),
  writesPerActiveDay: amount.default(3),
  documentKib: amount.default(2),
  storedDocumentsPerUser: amount.default(200),
});
export type Workload = z.output<typeof Workload>;
export type WorkloadInput = z.input<typeof Workload>;

/** @throws Error naming the first figure that is wrong. */
export function checkWorkload(input: WorkloadInput): Workload {
  const parsed = Workload.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Error(firstIssue(parsed.error, 'workload'));
}

/** A month of a forecast. */
export const DAYS = 30;
/** The longest there is: what a maximum is told for. */
export const LONGEST_DAYS = 31;
export const DAY_S = 86_400;

/** People sleep: the rate of each three hours of a day over its mean. They sum up to 8. */
const DAY_SHAPE = [0.3, 0.2, 0.6, 1.2, 1.5, 1.6, 1.6, 1];
export const SHAPE_S = DAY_S / DAY_SHAPE.length;
export const PEAK = Math.max(...DAY_SHAPE);
export const shapeAt = (second: number): number => DAY_SHAPE[Math.floor((second % DAY_S) / SHAPE_S)] ?? 1;
export const dayShape: readonly number[] = DAY_SHAPE;
