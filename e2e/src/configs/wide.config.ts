import type { TwohopConfig } from '@twohop/server/config';

/** Nobody reaches a limit: what a test sees is the load's doing. */
const config: TwohopConfig = {
  plans: { free: { requestsPerMinute: 100_000, concurrentRuns: 100, computeDaySeconds: 80_000, computeMonthSeconds: 800_000 } },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { requestsPerMinute: 1_000_000, computeDaySeconds: 80_000 },
  anonymousPool: { computeDaySeconds: 80_000 },
  cap: { dayUsd: 1_000, monthUsd: 10_000 },
  price: { usdPerComputeSecond: 0.001, asOf: '2026-08-01', source: 'test' },
  run: { deadlineSeconds: 20, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 30 },
  keepReceiptsDays: 400,
};
export default config;
