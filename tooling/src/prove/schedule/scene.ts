import type { Policy, Store } from '@twohop/quota';
import { WORST_US } from './endings.ts';
import type { StoreFault } from './faulty-store.ts';
import type { Attempt, Call, Refusal } from './history.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

export const LEASE_MS = 60_000;
export const DAY_LIMIT_US = 35_000;
export const CAP_LIMIT = 5 * WORST_US;
export const CONCURRENT_RUNS = 3;
const START_MS = Date.UTC(2026, 0, 15, 6);

/** Small enough that a few runs reach each limit; a microsecond costs a micro-USD. */
export const policy: Policy = {
  plans: {
    free: {
      requestsPerMinute: 1,
      concurrentRuns: CONCURRENT_RUNS,
      computeDayUs: DAY_LIMIT_US,
      computeMonthUs: 10 * DAY_LIMIT_US,
    },
  },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { computeDayUs: 100 * WORST_US },
  anonymousPool: { computeDayUs: 100 * WORST_US },
  cap: { dayMicroUsd: CAP_LIMIT, monthMicroUsd: 10 * CAP_LIMIT },
  price: { nanoUsdPerSecond: 1_000_000_000, asOf: '2026-08-01' },
  run: { deadlineMs: 8, longestBatchMs: 2, workers: 1, attempts: 1, leaseMs: LEASE_MS },
};

/** All that one schedule shares: what is around the server, and what was seen. */
export interface Scene {
  readonly store: Store;
  readonly schedule: string;
  readonly time: VirtualTime;
  readonly attempts: Attempt[];
  readonly calls: Call[];
  /** Of the last step. */
  readonly refusals: Refusal[];
  /** Keys that were executed again though the run before stands. */
  readonly doubled: string[];
  fault: StoreFault | null;
  /** Store operations under way. */
  busy: number;
  /** Called when one of them ends. */
  eased: () => void;
  ids: number;
}

export const newScene = (store: Store, schedule: string): Scene => ({
  store,
  schedule,
  time: virtualTime(START_MS),
  attempts: [],
  calls: [],
  refusals: [],
  doubled: [],
  fault: null,
  busy: 0,
  eased: () => undefined,
  ids: 0,
});
