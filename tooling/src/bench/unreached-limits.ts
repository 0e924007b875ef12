import type { TwohopConfig } from '@twohop/server/config';

const HIGH = 1_000_000;

/** Every limit stands and is counted; none is reached. */
export const unreachedLimits: TwohopConfig = {
  plans: { free: { requestsPerMinute: HIGH, concurrentRuns: 1_000, computeDaySeconds: HIGH, computeMonthSeconds: HIGH } },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { requestsPerMinute: 10 * HIGH, computeDaySeconds: 10 * HIGH },
  anonymousPool: { computeDaySeconds: HIGH },
  cap: { dayUsd: HIGH, monthUsd: HIGH },
  price: { usdPerComputeSecond: 0.00004, asOf: '2026-08-01', source: 'the bench' },
  run: { deadlineSeconds: 20, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 30 },
  keepReceiptsDays: 400,
};
