import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sqliteStore } from './adapters/sqlite.ts';
import type { Policy } from './policy.ts';
import { type Clock, type Store, StoreDown } from './ports.ts';
import { quota, type Quota } from './reserve.ts';
import type { Line, Spender } from './windows.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 23, 59, 50);
const policy: Policy = {
  plans: { free: { requestsPerMinute: 10, concurrentRuns: 2, computeDayUs: 30_000, computeMonthUs: 40_000 } },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { computeDayUs: 45_000 },
  anonymousPool: { computeDayUs: 10_000 },
  cap: { dayMicroUsd: 2_000, monthMicroUsd: 2_000 },
  price: { nanoUsdPerSecond: 24_000_000, asOf: '2026-08-01' },
  run: { deadlineMs: 8, longestBatchMs: 2, workers: 1, attempts: 1, leaseMs: 9_000 },
};
const ann: Spender = { owner: 'iss|ann', plan: 'free', anonymous: false, ipBucket: '192.0.2.1', person: null };

let folder: string;
let ledger: Store;
let clock: Clock & { nowTime: number; tick: () => void };
let excess: number[];
let spending: Quota;
let lastRun = 0;
const newRunId = () => `00000000-0000-4000-8000-${String(++lastRun).padStart(12, '0')}`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twohop-quota-'));
  ledger = await sqliteStore({ path: join(folder, 'ledger.db'), deadlineMs: 5_000 });
  const tasks = new Set<() => void>();
  clock = {
    nowTime: NOW_MS,
    nowMs: () => clock.nowTime,
    every: (_periodMs, task) => {
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    tick: () => tasks.forEach((task) => task()),
  };
  excess = [];
  spending = quota({ ledger, policy, clock, onExcess: (_runId, computeUs) => excess.push(computeUs) });
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

const reserve = (spender: Spender = ann) =>
  spending.reserve({ runId: newRunId(), procedure: 'p', size: 100, spender, idempotencyKey: newRunId(), inputHash: 'h' });
const admitted = async (spender: Spender = ann) => {
  const reservation = await reserve(spender);
  if (reservation.kind !== 'admitted') throw new Error(`not admitted: ${JSON.stringify(reservation)}`);
  return reservation.run;
};
const usage = (lines: Line[]) => ledger.usage({ owner: '', person: null, lines, nowMs: clock.nowTime });
const capDay = async () => {
  const line = { scope: 'cap-day', window: Math.floor(NOW_MS / 86_400_000), unit: 'microUsd', amount: 0, limit: 0 } as const;
  return (await usage([{ ...line, code: 'limit.spend_cap', resetsAtMs: 0 }])).lines[0];
};

it('holds the worst case while nothing is learned, and gives a receipt of the real use', async () => {
  const run = await admitted();
  expect(await spending.usage(ann)).toMatchObject({
    limitUs: 30_000,
    usedUs: 0,
    heldUs: 10_000,
    remainingUs: 20_000,
    running: 1,
  });
  expect(await capDay()).toEqual({ settled: 0, held: 240 });
  const receipt = await run.settle({ ended: 'ok', reportUs: 1_000, wallUs: 0 });
  expect(receipt).toEqual({
    runId: run.runId,
    computeUs: 1_000,
    priceMicroUsd: 24,
    priceAsOf: '2026-08-01',
    remainingUs: 29_000,
    resetsAtMs: Date.UTC(2026, 1, 1),
  });
  expect(await capDay()).toEqual({ settled: 24, held: 0 });
});

it('a failure of the model with a report: the cap pays, the user does not', async () => {
  const run = await admitted();
  await run.settle({ ended: 'failed', reportUs: 1_000, wallUs: 0 });
  expect(await spending.usage(ann)).toMatchObject({ usedUs: 0, heldUs: 0 });
  expect(await capDay()).toEqual({ settled: 24, held: 0 });
});

it('a run without a report: the cap pays the worst case, the user only what is said', async () => {
  const run = await admitted();
  await run.settle({ ended: 'cancelled', reportUs: null, wallUs: 300 });
  expect(await spending.usage(ann)).toMatchObject({ usedUs: 300, heldUs: 0 });
  expect(await capDay()).toEqual({ settled: 240, held: 0 });
});

it('a report above the worst case is settled at the hold, and somebody is told', async () => {
  const run = await admitted();
  const receipt = await run.settle({ ended: 'ok', reportUs: 99_000, wallUs: 0 });
  expect(receipt.computeUs).toBe(10_000);
  expect(await capDay()).toEqual({ settled: 240, held: 0 });
  expect(excess).toEqual([99_000]);
});

it('an estimate that was learned admits more runs than the worst case would', async () => {
  for (let n = 0; n < 8; n++) await (await admitted()).settle({ ended: 'ok', reportUs: 100, wallUs: 0 });
  await admitted();
  expect(await spending.usage(ann)).toMatchObject({ heldUs: 100 });
});

it('users without an account share a pool', async () => {
  const anonymous = (uid: string): Spender => ({ ...ann, owner: `iss|${uid}`, anonymous: true });
  await admitted(anonymous('x'));
  expect(await reserve(anonymous('y'))).toMatchObject({ kind: 'denied', denial: { code: 'limit.pool', limit: 'pool-day' } });
  await admitted();
});

it('one address has one budget, whoever calls from it', async () => {
  const from = (uid: string): Spender => ({ ...ann, owner: `iss|${uid}`, ipBucket: '192.0.2.9' });
  for (const uid of ['a', 'b', 'c']) {
    await (await admitted(from(uid))).settle({ ended: 'ok', reportUs: 10_000, wallUs: 0 });
  }
  await (await admitted(from('d'))).settle({ ended: 'ok', reportUs: 10_000, wallUs: 0 });
  expect(await reserve(from('e'))).toMatchObject({ kind: 'denied', denial: { code: 'limit.ip', limit: 'ip-day' } });
});

it('the month outlives the day', async () => {
  const spend = async (computeUs: number) => (await admitted()).settle({ ended: 'ok', reportUs: computeUs, wallUs: 0 });
  await spend(10_000);
  await spend(10_000);
  expect(await reserve()).toMatchObject({ kind: 'admitted' });
  expect(await reserve()).toMatchObject({ kind: 'denied', denial: { limit: 'user-day', resetsAtMs: Date.UTC(2026, 1, 1) } });
  // A new day within the next month starts afresh, and twice 10 000 of its 40 000 are gone by noon.
  clock.nowTime = Date.UTC(2026, 1, 1, 12);
  await spend(10_000);
  await spend(10_000);
  clock.nowTime = Date.UTC(2026, 1, 2);
  await spend(10_000);
  clock.nowTime = Date.UTC(2026, 1, 3);
  await spend(1);
  expect(await reserve()).toMatchObject({
    kind: 'denied',
    denial: { code: 'limit.quota', limit: 'user-month', resetsAtMs: Date.UTC(2026, 2, 1) },
  });
});

it('renews the lease while the call lives, and stops when it ends', async () => {
  const run = await admitted();
  clock.nowTime += 8_000;
  clock.tick();
  await usage([]);
  expect(await ledger.expire(NOW_MS + 9_000)).toBe(0);
  await run.release();
  clock.nowTime += 60_000;
  clock.tick();
  expect(await spending.usage(ann)).toMatchObject({ usedUs: 0, heldUs: 0, running: 0 });
});

it('a result is given out also while the ledger cannot be told; only a bug of the store is an error', async () => {
  let failure: Error = new StoreDown('no answer');
  const down: Store = { ...ledger, settle: () => Promise.reject(failure) };
  spending = quota({ ledger: down, policy, clock, onExcess: () => undefined });
  const receipt = await (await admitted()).settle({ ended: 'ok', reportUs: 700, wallUs: 900 });
  expect(receipt).toMatchObject({ computeUs: 700, priceMicroUsd: 17, remainingUs: 0 });
  failure = new Error('broken');
  await expect((await admitted()).settle({ ended: 'ok', reportUs: 700, wallUs: 900 })).rejects.toThrow('broken');
});

it('what failed attempts used is the project’s, and unknown it is the worst case', async () => {
  const settled = async (failedUs: number | null) => {
    const before = (await spending.usage(ann)).usedUs;
    const { computeUs } = await (await admitted()).settle({ ended: 'ok', reportUs: 1_000, failedUs, wallUs: 2_000 });
    return { computeUs, user: (await spending.usage(ann)).usedUs - before };
  };
  expect(await settled(3_000)).toEqual({ computeUs: 4_000, user: 1_000 });
  expect(await settled(null)).toEqual({ computeUs: 10_000, user: 1_000 });
  expect(excess).toEqual([]);
});

it('a new process knows from the ledger what runs cost, and holds that', async () => {
  const ample = { computeDayUs: 1e9, computeMonthUs: 1e9 };
  const plans = { free: { requestsPerMinute: 10, concurrentRuns: 2, ...ample } };
  const options = { ledger, policy: { ...policy, plans, ip: ample }, clock, onExcess: () => undefined };
  const before = quota(options);
  for (let n = 0; n < 8; n += 1) {
    const runId = newRunId();
    const asked = { runId, procedure: 'p', size: 100, spender: ann, idempotencyKey: runId, inputHash: 'h' };
    const reservation = await before.reserve(asked);
    if (reservation.kind === 'admitted') await reservation.run.settle({ ended: 'ok', reportUs: 1_000, wallUs: 1_500 });
  }
  const after = quota(options);
  expect(after.quote('p', 100)).toMatchObject({ p95Us: 10_000, runs: 0 });
  await after.recall();
  expect(after.quote('p', 100)).toEqual(before.quote('p', 100));
  expect(after.quote('p', 100)).toMatchObject({ p95Us: 1_000, runs: 8 });
});

it('what the project has spent is told by cap, and of the days before', async () => {
  await (await admitted()).settle({ ended: 'ok', reportUs: 1_000, wallUs: 2_000 });
  clock.nowTime += 20_000;
  await (await admitted()).settle({ ended: 'ok', reportUs: 2_000, wallUs: 2_000 });
  await admitted();
  const { day, month, earlierDays, worstMicroUsd } = await spending.spending(2);
  expect(day).toMatchObject({ scope: 'cap-day', settled: 48, held: worstMicroUsd, limit: 2_000 });
  // A month has begun as well.
  expect(month).toMatchObject({ scope: 'cap-month', settled: 48, held: worstMicroUsd });
  expect(day.window - Math.floor(NOW_MS / 86_400_000)).toBe(1);
  expect({ earlierDays, worstMicroUsd }).toEqual({ earlierDays: [24, 0], worstMicroUsd: 240 });
});
