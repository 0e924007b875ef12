import { expect, it } from 'vitest';
import { checkPolicy, type Policy, priceMicroUsd, worstComputeUs } from './policy.ts';

const plan = { requestsPerMinute: 10, concurrentRuns: 2, computeDayUs: 100_000_000, computeMonthUs: 1_000_000_000 };
const policy: Policy = {
  plans: { free: plan },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { computeDayUs: 100_000_000 },
  anonymousPool: { computeDayUs: 100_000_000 },
  cap: { dayMicroUsd: 1_000_000, monthMicroUsd: 1_000_000 },
  price: { nanoUsdPerSecond: 24_000, asOf: '2026-08-01' },
  run: { deadlineMs: 20_000, longestBatchMs: 2_000, workers: 2, attempts: 2, leaseMs: 30_000 },
};

it('prices whole micro-USD, rounded up', () => {
  expect(priceMicroUsd(1_000_000, policy.price)).toBe(24);
  expect(priceMicroUsd(1, policy.price)).toBe(1);
  expect(priceMicroUsd(0, policy.price)).toBe(0);
  expect(priceMicroUsd(41_667, policy.price)).toBe(2);
});

it('prices the largest amount exactly', () => {
  expect(priceMicroUsd(Number.MAX_SAFE_INTEGER, { ...policy.price, nanoUsdPerSecond: 999_999_937 })).toBe(9_007_198_687_287_438);
});

it('refuses a price that a number cannot hold', () => {
  const price = { ...policy.price, nanoUsdPerSecond: 2_000_000_000 };
  expect(() => priceMicroUsd(Number.MAX_SAFE_INTEGER, price)).toThrow('priceMicroUsd must be a whole number');
});

it.each([Number.NaN, -1, 0.5])('refuses to price %s', (computeUs) => {
  expect(() => priceMicroUsd(computeUs, policy.price)).toThrow('computeUs must be a whole number');
});

it('knows the worst case of a run', () => {
  expect(worstComputeUs(policy.run)).toBe(88_000_000);
});

it('accepts a sound policy', () => {
  expect(checkPolicy(policy)).toBe(policy);
});

it.each<[string, Policy]>([
  ['price.nanoUsdPerSecond must be at least 1', { ...policy, price: { ...policy.price, nanoUsdPerSecond: 0 } }],
  ['run.attempts must be at least 1', { ...policy, run: { ...policy.run, attempts: 0 } }],
  ['cap.dayMicroUsd is 100, but one run may use', { ...policy, cap: { ...policy.cap, dayMicroUsd: 100 } }],
  ['ip.computeDayUs is 5', { ...policy, ip: { computeDayUs: 5 } }],
  ['plans.free.computeDayUs is 87', { ...policy, plans: { free: { ...plan, computeDayUs: 87 } } }],
  ['plans.free.concurrentRuns must be at least 1', { ...policy, plans: { free: { ...plan, concurrentRuns: 0 } } }],
  ['defaultPlan is "gold"', { ...policy, defaultPlan: 'gold' }],
])('refuses a policy with: %s', (message, bad) => {
  expect(() => checkPolicy(bad)).toThrow(message);
});
