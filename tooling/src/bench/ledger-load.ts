import { randomUUIDv7 } from 'node:crypto';
import { type Policy, quota, type Quota, type Store } from '@twohop/quota';

const AMPLE_US = 1_000_000_000_000_000;
const RUN_US = 1_000;

const policy: Policy = {
  plans: { free: { requestsPerMinute: 1, concurrentRuns: 1_000_000, computeDayUs: AMPLE_US, computeMonthUs: AMPLE_US } },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { computeDayUs: AMPLE_US },
  anonymousPool: { computeDayUs: AMPLE_US },
  cap: { dayMicroUsd: AMPLE_US, monthMicroUsd: AMPLE_US },
  price: { nanoUsdPerSecond: 40_000, asOf: '2026-08-01' },
  run: { deadlineMs: 20_000, longestBatchMs: 2_000, workers: 1, attempts: 1, leaseMs: 600_000 },
};

/** What the server does with the ledger: a run of one of so many users is held, and settled to what it used. */
export interface LedgerLoad {
  /** Resolves with the milliseconds of the reserve; the settle follows. */
  reserveAndSettle(index: number): Promise<number>;
  reserve(index: number): Promise<void>;
}

export function ledgerLoad(store: Store, users: number): LedgerLoad {
  const clock = { nowMs: () => Date.now(), every: () => () => undefined };
  const runs = quota({ ledger: store, policy, clock, onExcess: () => undefined });
  return {
    reserve: async (index) => void (await reserve(runs, index % users)),
    reserveAndSettle: async (index) => {
      const startMs = performance.now();
      const run = await reserve(runs, index % users);
      const ms = performance.now() - startMs;
      await run.settle({ ended: 'ok', reportUs: RUN_US, wallUs: RUN_US });
      return ms;
    },
  };
}

async function reserve(runs: Quota, user: number) {
  const reservation = await runs.reserve({
    runId: randomUUIDv7(),
    procedure: 'highlights.run',
    size: 1_000,
    spender: { owner: `issuer|user-${user}`, plan: 'free', anonymous: false, ipBucket: `10.0.${user % 250}.1`, person: null },
    idempotencyKey: crypto.randomUUID(),
    inputHash: 'hash',
  });
  if (reservation.kind !== 'admitted') throw new Error(`a bench must not be refused: ${JSON.stringify(reservation)}`);
  return reservation.run;
}
