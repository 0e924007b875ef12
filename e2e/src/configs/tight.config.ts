import type { TwohopConfig } from '@twohop/server/config';

/** Small enough that a test runs into every limit with a few calls. One run may use 3 s at worst. */
const config: TwohopConfig = {
  plans: {
    free: { requestsPerMinute: 60, concurrentRuns: 2, computeDaySeconds: 3.005, computeMonthSeconds: 100 },
    anonymous: { requestsPerMinute: 3, concurrentRuns: 1, computeDaySeconds: 60, computeMonthSeconds: 100 },
  },
  defaultPlan: 'free',
  anonymousPlan: 'anonymous',
  ip: { requestsPerMinute: 1_000, computeDaySeconds: 1_000 },
  anonymousPool: { computeDaySeconds: 1_000 },
  cap: { dayUsd: 1, monthUsd: 10 },
  price: { usdPerComputeSecond: 0.001, asOf: '2026-08-01', source: 'test' },
  run: { deadlineSeconds: 2, longestBatchSeconds: 1, workers: 1, attempts: 1, leaseSeconds: 30 },
  keepReceiptsDays: 400,
};
export default config;
