import type { RunRecord } from '@twohop/quota';
import { z } from 'zod';
import { isoOf } from './iso.ts';

export const microseconds = z.int().nonnegative();

/** What a run was charged, and what is left. */
export const Receipt = z.strictObject({
  runId: z.uuid(),
  computeUs: microseconds,
  priceMicroUsd: z.int().nonnegative(),
  /** ISO date of the price. */
  priceAsOf: z.iso.date(),
  /** What is left of the caller's day. */
  remainingUs: microseconds,
  resetsAt: z.iso.datetime(),
  /** True: the same input was answered before, and this time it cost nothing. */
  cached: z.boolean(),
});
export type WireReceipt = z.output<typeof Receipt>;

/** A run of the ledger as clients read it. */
export const keptRun = ({ createdMs, ...run }: RunRecord) => ({ ...run, createdAt: isoOf(createdMs) });
