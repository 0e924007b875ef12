import type { TwohopConfig } from '@twohop/server/config';
import { unreachedLimits } from '../bench/unreached-limits.ts';

/** Of those without an account: few enough to be used up by a case. */
export const ANONYMOUS_RATE = 12;
export const ADDRESS_RATE = 300;

/** The plans of all hosts: what a case uses up, and no other limit in its way. */
export const plans: TwohopConfig = {
  ...unreachedLimits,
  plans: {
    free: { requestsPerMinute: 1_000, concurrentRuns: 1, computeDaySeconds: 300, computeMonthSeconds: 3_000 },
    anonymous: { requestsPerMinute: ANONYMOUS_RATE, concurrentRuns: 1, computeDaySeconds: 60, computeMonthSeconds: 300 },
  },
  anonymousPlan: 'anonymous',
  ip: { requestsPerMinute: ADDRESS_RATE, computeDaySeconds: 900 },
  run: { deadlineSeconds: 6, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 30 },
  clientVersions: { oldest: '1.0.0' },
};
