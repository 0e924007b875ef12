import type { TwohopConfig } from '@twohop/server/config';

/** Of those without an account: few enough to be used up by a case. */
export const ANONYMOUS_RATE = 12;
export const ADDRESS_RATE = 300;

/** The plans of all hosts. */
export const plans: TwohopConfig = {
  plans: {
    free: { requestsPerMinute: 1_000, concurrentRuns: 1, computeDaySeconds: 300, computeMonthSeconds: 3_000 },
    anonymous: { requestsPerMinute: ANONYMOUS_RATE, concurrentRuns: 1, computeDaySeconds: 60, computeMonthSeconds: 300 },
  },
  defaultPlan: 'free',
  anonymousPlan: 'anonymous',
  ip: { requestsPerMinute: ADDRESS_RATE, computeDaySeconds: 900 },
  anonymousPool: { computeDaySeconds: 1_800 },
  cap: { dayUsd: 5, monthUsd: 50 },
  price: { usdPerComputeSecond: 0.00004, asOf: '2026-08-01', source: 'conformance' },
  run: { deadlineSeconds: 6, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 30 },
  keepReceiptsDays: 400,
  alerts: { unauthorizedPer5Minutes: 50, newAccountsPerHour: 100, spendSlope: 4, quietMinutes: 60, keyDays: 180 },
  clientVersions: { oldest: '1.0.0' },
};
