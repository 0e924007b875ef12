import type { TwohopConfig } from '@twohop/server/config';

/** What one run may use at worst, and uses: 7 s of compute. A cost of 1 and of 7 are this over another unit. */
const WORST_SECONDS = 7;
export const WORST_US = WORST_SECONDS * 1_000_000;
/** A thousandth of a dollar a second: one run costs 7 000 micro-USD. */
const USD_PER_SECOND = 0.001;
export const WORST_MICRO_USD = 7_000;

const limits = [1, 10, 1_000] as const;
const costs = [1, 7] as const;

/** Plan of a budget of `limit` units where a run costs `cost` of them. */
export const planOf = (limit: number, cost: number): string => `limit-${limit}-cost-${cost}`;
export const limitUs = (limit: number, cost: number): number => (limit * WORST_US) / cost;

type Plan = TwohopConfig['plans'][string];

const plan = (daySeconds: number): Plan => ({
  requestsPerMinute: 1_000_000,
  concurrentRuns: 10_000,
  computeDaySeconds: daySeconds,
  computeMonthSeconds: daySeconds * 10,
});

/** A budget below the cost of one run is refused at the start, and has its own row. */
export const admissible = ([limit, cost]: readonly [number, number]): boolean => limit >= cost;
export const budgets = limits.flatMap((limit) => costs.map((cost) => [limit, cost] as const));

/** The deadline is short, so that a model that hangs is cut off; the longest batch makes up for it in the worst case. */
const base: TwohopConfig = {
  plans: {
    ample: plan(10_000_000),
    ...Object.fromEntries(
      budgets.filter(admissible).map(([limit, cost]) => [planOf(limit, cost), plan((limit * WORST_SECONDS) / cost)]),
    ),
  },
  defaultPlan: 'ample',
  anonymousPlan: 'ample',
  ip: { requestsPerMinute: 10_000_000, computeDaySeconds: 1_000_000_000 },
  anonymousPool: { computeDaySeconds: 1_000_000_000 },
  cap: { dayUsd: 1_000_000, monthUsd: 1_000_000 },
  price: { usdPerComputeSecond: USD_PER_SECOND, asOf: '2026-08-01', source: 'fixture' },
  run: { deadlineSeconds: 2, longestBatchSeconds: 5, workers: 1, attempts: 1, leaseSeconds: 60 },
  keepReceiptsDays: 400,
};

/** Estimate = worst case = what the fixture reports = cost, and nothing but the user's own budget in the way. */
export const exactLimits = base;

/** Leases of two seconds: what a dead process held is seen to come back. */
export const shortLeases: TwohopConfig = {
  ...base,
  run: { ...base.run, deadlineSeconds: 1, longestBatchSeconds: 6, leaseSeconds: 2 },
};

/** The project may spend on this many worst cases, and not a micro-USD more. */
export const CAPPED_RUNS = 20;
const capUsd = (CAPPED_RUNS * WORST_MICRO_USD) / 1e6;
export const tightCap: TwohopConfig = { ...base, cap: { dayUsd: capUsd, monthUsd: capUsd } };

/** Below the cost of one run. */
export const tooSmall: TwohopConfig = { ...base, plans: { ...base.plans, ample: plan(WORST_SECONDS / 7) } };
