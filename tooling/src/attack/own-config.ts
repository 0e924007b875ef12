import type { TwohopConfig } from '@twohop/server/config';

/** What a run costs, exactly: estimate, worst case and report are one. */
const RUN_SECONDS = 7;
export const RUN_US = RUN_SECONDS * 1_000_000;

/** Budgets in runs. */
export const USER_RUNS = 5;
export const IP_RUNS = 20;
export const POOL_RUNS = 10;

const plan = {
  requestsPerMinute: 10_000,
  concurrentRuns: 20,
  computeDaySeconds: USER_RUNS * RUN_SECONDS,
  computeMonthSeconds: 10 * USER_RUNS * RUN_SECONDS,
};

/** Small budgets, so that a few runs show whether they hold; a rate of an address that one case at a time stays below. */
export const ownConfig: TwohopConfig = {
  plans: { free: plan, pro: { ...plan, computeDaySeconds: 1_000_000, computeMonthSeconds: 1_000_000 } },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { requestsPerMinute: 300, computeDaySeconds: IP_RUNS * RUN_SECONDS },
  anonymousPool: { computeDaySeconds: POOL_RUNS * RUN_SECONDS },
  cap: { dayUsd: 1_000, monthUsd: 1_000 },
  price: { usdPerComputeSecond: 0.001, asOf: '2026-08-01', source: 'fixture' },
  run: { deadlineSeconds: 2, longestBatchSeconds: 5, workers: 1, attempts: 1, leaseSeconds: 60 },
  keepReceiptsDays: 400,
};
