import { expect, it } from 'vitest';
import { debt } from './decide.ts';
import type { Policy } from './policy.ts';
import { runLines } from './windows.ts';

const policy: Policy = {
  plans: { free: { requestsPerMinute: 10, concurrentRuns: 2, computeDayUs: 30, computeMonthUs: 40 } },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { computeDayUs: 50 },
  anonymousPool: { computeDayUs: 60 },
  cap: { dayMicroUsd: 70, monthMicroUsd: 80 },
  price: { nanoUsdPerSecond: 1, asOf: '2026-08-01' },
  run: { deadlineMs: 1, longestBatchMs: 1, workers: 1, attempts: 1, leaseMs: 1 },
};
const spender = { owner: 'iss|ann', plan: 'free', anonymous: true, ipBucket: '2001:db8::/64', person: null };
const lines = (nowMs: number) => runLines(policy, spender, { estimateUs: 3, worstMicroUsd: 9, nowMs });

it('draws on user, address, pool and cap, and holds the worst case only on the cap', () => {
  const found = lines(Date.UTC(2026, 11, 31, 23)).map(({ scope, amount, limit }) => [scope, amount, limit]);
  expect(found).toEqual([
    ['user-day:iss|ann', 3, 30],
    ['user-month:iss|ann', 3, 40],
    ['ip-day:2001:db8::/64', 3, 50],
    ['pool-day', 3, 60],
    ['cap-day', 9, 70],
    ['cap-month', 9, 80],
  ]);
});

it('days and months end at midnight UTC, also at the end of the year', () => {
  const [day, month] = lines(Date.UTC(2026, 11, 31, 23, 59, 59, 999));
  expect(day?.resetsAtMs).toBe(Date.UTC(2027, 0, 1));
  expect(month?.resetsAtMs).toBe(Date.UTC(2027, 0, 1));
  const [nextDay, nextMonth] = lines(Date.UTC(2027, 0, 1));
  expect(nextDay?.window).toBe((day?.window ?? 0) + 1);
  expect(nextMonth?.window).toBe((month?.window ?? 0) + 1);
});

it('a plan that the config lacks is refused by name', () => {
  expect(() => runLines(policy, { ...spender, plan: 'gold' }, { estimateUs: 1, worstMicroUsd: 1, nowMs: 0 })).toThrow(
    'plan "gold"',
  );
});

it('debt shrinks by one limit a window', () => {
  const last = { settled: 250, limit: 100, window: 7 };
  expect([8, 9, 10, 99].map((window) => debt(last, window))).toEqual([150, 50, 0, 0]);
});
