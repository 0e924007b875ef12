import type { Spending } from '@twohop/quota';
import { describe, expect, it } from 'vitest';
import { conditionsOf, type Facts, type Thresholds } from './conditions.ts';

const NOW_MS = Date.parse('2026-11-26T12:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const thresholds: Thresholds = {
  unauthorizedPer5Minutes: 50,
  newAccountsPerHour: 100,
  spendSlope: 4,
  keyDays: 180,
  quietMs: 60 * MINUTE_MS,
};
const cap = { window: 20_783, settled: 0, held: 0, limit: 5_000_000, resetsAtMs: NOW_MS + DAY_MS / 2 };
const spent = (settled: number, more: Partial<Spending> = {}): Spending => ({
  day: { ...cap, scope: 'cap-day', settled },
  month: { ...cap, scope: 'cap-month', window: 682, limit: 50_000_000, settled },
  earlierDays: [],
  worstMicroUsd: 1_000,
  ...more,
});
const calm: Facts = {
  nowMs: NOW_MS,
  spending: spent(0),
  pace: null,
  attempts: { refused: 0, kinds: [], from: [] },
  newAccounts: 0,
  model: { failures: 0, cold: 0, firstMs: 0 },
  store: { downSinceMs: null, refusals: 0 },
  keySinceMs: null,
};
const found = (facts: Partial<Facts>) => conditionsOf({ ...calm, ...facts }, thresholds);

it('nothing is the matter when nothing is', () => {
  expect(found({})).toEqual([]);
  expect(found({ spending: null })).toEqual([]);
});

describe('a cap', () => {
  it.each([
    [2_500_000, 50],
    [3_999_999, 50],
    [4_000_000, 80],
    [4_999_000, 80],
    // What is left holds no run any more.
    [4_999_001, 100],
    [5_000_000, 100],
  ])('of 5 USD of which %i micro-USD are spent is told at %s', (settled, level) => {
    const told = { key: 'spend:cap-day:20783', level, quietUntilMs: cap.resetsAtMs };
    expect(found({ spending: spent(settled) })).toMatchObject([told]);
  });

  it('of which less than half is spent is not told', () => {
    expect(found({ spending: spent(2_499_999) })).toEqual([]);
  });

  it('of a day and of a month are two, and what is held is not spent', () => {
    const { day, month } = spent(0);
    const spending = { ...spent(0), day: { ...day, held: 5e6 }, month: { ...month, settled: 40e6 } };
    expect(found({ spending })).toMatchObject([{ key: 'spend:cap-month:682', level: 80, severity: 'critical' }]);
  });
});

describe('the slope of the spend', () => {
  // 0.2 USD in half an hour are 9.6 USD a day.
  const pace = { microUsd: 200_000, ms: 30 * MINUTE_MS };
  const days = (...earlierDays: number[]) => spent(300_000, { earlierDays });

  it('is told by its own history', () => {
    const [first] = found({ pace, spending: days(1e6, 2e6, 0, 1.5e6) });
    expect(first).toMatchObject({ key: 'spend:slope', title: expect.stringContaining('4.8 times') as unknown });
    expect(first?.detail).toContain('0.20 USD in 30 minutes, which is 9.60 USD a day; that day cost 2.00 USD');
  });

  it.each([
    ['of a dearer day', { pace, spending: days(1e6, 2.5e6, 1e6) }],
    ['of too few days', { pace, spending: days(1e6, 1e6, 0) }],
    ['of minutes', { pace: { ...pace, ms: 9 * MINUTE_MS }, spending: days(1, 1, 1) }],
    ['of cents', { pace: { ...pace, microUsd: 99_999 }, spending: days(1, 1, 1) }],
  ])('is not told %s', (_name, facts) => {
    expect(found(facts)).toEqual([]);
  });
});

it('unauthorized attempts: how many, of what kind, from where; no address in the title', () => {
  const attempts = (refused: number) => ({
    refused,
    kinds: [{ name: 'auth.invalid', count: refused }],
    from: [{ name: '192.0.2.7', count: refused }],
  });
  expect(found({ attempts: attempts(49) })).toEqual([]);
  expect(found({ attempts: attempts(50) })).toMatchObject([
    {
      key: 'unauthorized',
      title: '50 unauthorized attempts in 5 minutes',
      detail: 'Kinds: 50 auth.invalid. Most from: 192.0.2.7 (50).',
    },
  ]);
});

it('new accounts', () => {
  expect(found({ newAccounts: 99 })).toEqual([]);
  expect(found({ newAccounts: 100 })).toMatchObject([{ key: 'accounts', title: '100 new accounts in an hour' }]);
});

describe('the model', () => {
  const failing = (failures: number, cold: number, sinceMs: number) => ({ model: { failures, cold, firstMs: NOW_MS - sinceMs } });
  it('is down after five failures in a row, or when it starts for longer than it may', () => {
    expect(found(failing(4, 0, MINUTE_MS))).toEqual([]);
    expect(found(failing(5, 0, 1))).toMatchObject([{ key: 'model', severity: 'critical' }]);
    expect(found(failing(0, 9, 2 * MINUTE_MS - 1))).toEqual([]);
    expect(found(failing(0, 5, 2 * MINUTE_MS))).toMatchObject([{ key: 'model' }]);
    expect(found(failing(0, 4, 9 * MINUTE_MS))).toEqual([]);
  });
});

describe('a store', () => {
  it('is down when the ledger has not answered for five seconds', () => {
    expect(found({ store: { downSinceMs: NOW_MS - 4_999, refusals: 0 } })).toEqual([]);
    expect(found({ store: { downSinceMs: NOW_MS - 5_000, refusals: 9 } })).toMatchObject([
      { key: 'store', title: 'the ledger does not answer' },
    ]);
  });

  it('is down when calls are refused for it though the ledger answers', () => {
    expect(found({ store: { downSinceMs: null, refusals: 4 } })).toEqual([]);
    expect(found({ store: { downSinceMs: null, refusals: 5 } })).toMatchObject([{ title: 'a store does not answer' }]);
  });
});

it('a key is told two weeks before its time, again when the time has come, and once a week', () => {
  const aged = (days: number) => found({ keySinceMs: NOW_MS - days * DAY_MS });
  expect(aged(165)).toEqual([]);
  expect(aged(166)).toMatchObject([{ key: 'key', level: 0, quietUntilMs: NOW_MS + 7 * DAY_MS }]);
  expect(aged(180)).toMatchObject([{ key: 'key', level: 1 }]);
});
