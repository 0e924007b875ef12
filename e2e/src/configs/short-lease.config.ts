import type { TwohopConfig } from '@twohop/server/config';

/** A lease of two seconds, so that a test sees it end. One run may use 22 s at worst, which is 22 000 micro-USD. */
const config: TwohopConfig = {
  plans: { free: { requestsPerMinute: 60, concurrentRuns: 1, computeDaySeconds: 100, computeMonthSeconds: 1_000 } },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { requestsPerMinute: 1_000, computeDaySeconds: 1_000 },
  anonymousPool: { computeDaySeconds: 1_000 },
  cap: { dayUsd: 1, monthUsd: 10 },
  price: { usdPerComputeSecond: 0.001, asOf: '2026-08-01', source: 'test' },
  run: { deadlineSeconds: 20, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 2 },
  keepReceiptsDays: 400,
};
export default config;
