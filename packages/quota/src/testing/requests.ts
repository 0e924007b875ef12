import type { ReserveRequest, Settlement } from '../ports.ts';
import type { Line } from '../windows.ts';

export const NOW_MS = Date.UTC(2026, 0, 15, 12);
export const LEASE_MS = 30_000;

export const userDay = (limit: number, amount: number, owner = 'iss|ann'): Line => ({
  scope: `user-day:${owner}`,
  window: 100,
  unit: 'computeUs',
  amount,
  limit,
  code: 'limit.quota',
  resetsAtMs: NOW_MS + 1000,
});
export const capDay = (limit: number, amount: number): Line => ({
  ...userDay(limit, amount),
  scope: 'cap-day',
  unit: 'microUsd',
  code: 'limit.spend_cap',
});

let lastId = 0;
export const request = (more: Partial<ReserveRequest> = {}): ReserveRequest => {
  const id = `00000000-0000-4000-8000-${String(++lastId).padStart(12, '0')}`;
  return {
    runId: id,
    owner: 'iss|ann',
    person: null,
    procedure: 'highlights.run',
    size: 100,
    idempotencyKey: `key-${id}`,
    inputHash: 'hash',
    lines: [userDay(100, 10), capDay(1000, 70)],
    concurrentRuns: 100,
    nowMs: NOW_MS,
    leaseUntilMs: NOW_MS + LEASE_MS,
    ...more,
  };
};
export const used = (runId: string, amount: number): Settlement => ({
  runId,
  computeUs: amount,
  userUs: amount,
  timeoutUs: null,
  capMicroUsd: amount,
  priceAsOf: '2026-01-01',
  wallUs: null,
  freeKey: false,
});
