import fc from 'fast-check';
import { rankOf } from '../adapters/call.ts';
import type { Act, UsersRequest } from '../ports.ts';
import type { Line } from '../windows.ts';
import { LEASE_MS, NOW_MS } from './requests.ts';

/** A call as the adapters send it: `[operation, argument, …]`. */
export type WireCall = [operation: string, ...args: unknown[]];

const OWNERS = ['iss|ann', 'iss|bob'] as const;
const PERSONS = ['hash-of-ann', 'hash-of-bob', null] as const;
const DAY_MS = 86_400_000;

const owner = fc.constantFrom(...OWNERS);
const person = fc.constantFrom(...PERSONS);
/** Taken modulo the runs that were asked for before. */
const run = fc.nat({ max: 30 });
const amount = fc.constantFrom(0, 1, 7, 10, 30);

const draft = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('reserve' as const),
      owner,
      person,
      key: fc.nat({ max: 12 }),
      input: fc.constantFrom('one', 'one', 'one', 'two'),
      amount,
      capAmount: fc.constantFrom(5, 40),
      limit: fc.constantFrom(5, 25, 60, 60),
      days: fc.constantFrom(0, 0, 0, 0, 1),
      address: fc.constantFrom('a', 'b'),
      slots: fc.constantFrom(1, 4, 50, 50),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      run,
      amount,
      timeout: fc.option(amount, { freq: 5 }),
      cap: fc.constantFrom(0, 5, 60),
      wall: fc.option(amount),
      freeKey: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), run }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('renew' as const), run }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('later' as const), ms: fc.constantFrom(1, LEASE_MS, DAY_MS, 3 * DAY_MS) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const), owner, person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), owner, person }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('account' as const), owner, blocked: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('prune' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('claim' as const), holder: fc.constantFrom('a', 'b'), ms: fc.nat(2 * DAY_MS) }),
  },
);
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

/**
 * Random batches over few users, small budgets and short leases, so that every limit and every ending is met: in any order, and
 * sorted as the adapters send them, so that what is alike stands together.
 */
export const batches: fc.Arbitrary<WireCall[][]> = fc
  .tuple(
    fc.array(fc.array(draft, { minLength: 1, maxLength: 20, size: 'max' }), { minLength: 1, maxLength: 8, size: 'max' }),
    fc.boolean(),
  )
  .map(([drafts, isSorted]) => {
    const calls = written(drafts);
    return isSorted ? calls.map((batch) => batch.toSorted(([a], [b]) => rankOf(a) - rankOf(b))) : calls;
  });

function written(drafts: readonly (readonly Draft[])[]): WireCall[][] {
  let nowMs = NOW_MS;
  const runs: string[] = [];
  const runAt = (number: number): string => runs[number % Math.max(1, runs.length)] ?? 'nobody';
  const write = (each: Draft): WireCall[] => {
    switch (each.do) {
      case 'reserve':
        runs.push(`00000000-0000-4000-8000-${String(runs.length).padStart(12, '0')}`);
        return [['reserve', requestOf(each, runs.at(-1) ?? '', nowMs)]];
      case 'settle': {
        const { amount: userUs, timeout: timeoutUs, cap: capMicroUsd, wall: wallUs, freeKey } = each;
        const ends = { timeoutUs, capMicroUsd, priceAsOf: `2026-01-${10 + each.run}`, wallUs, freeKey };
        return [['settle', { runId: runAt(each.run), computeUs: userUs, userUs, ...ends }]];
      }
      case 'release':
        return [['release', runAt(each.run)]];
      case 'renew':
        return [['renew', runAt(each.run), nowMs + LEASE_MS]];
      case 'later':
        nowMs += each.ms;
        return [['isKilled']];
      case 'expire':
        return [['expire', nowMs]];
      case 'look': {
        const lines = linesOf({ ...each, amount: 1, capAmount: 1, limit: 60, address: 'a', days: 0 }, nowMs);
        return [
          ['usage', { owner: each.owner, person: each.person, lines, nowMs }],
          ['exportAccount', each.owner],
          ['samples', 20],
          ['acts', 3],
          ['users', usersRequest(each.owner, nowMs)],
        ];
      }
      case 'delete':
        return [['deleteAccount', { owner: each.owner, person: each.person, untilMs: nowMs + 5 * DAY_MS }, actOf(each, nowMs)]];
      case 'kill':
        return [['setKillSwitch', each.on, ...(each.on ? [actOf(each, nowMs)] : [])], ['isKilled']];
      case 'account':
        return [
          ['setAccount', each.owner, { plan: each.blocked ? null : 'pro', blocked: each.blocked }, actOf(each, nowMs)],
          ['account', each.owner],
        ];
      case 'claim':
        return [['claim', { name: 'once', holder: each.holder, nowMs, untilMs: nowMs + each.ms }]];
      case 'prune':
        return [
          ['prune', nowMs - DAY_MS],
          ['runOf', runAt(0)],
        ];
    }
  };
  return drafts.map((batch) => batch.flatMap(write));
}

const actOf = ({ do: what, ...detail }: Draft, atMs: number): Act => ({
  atMs,
  by: 'root@example.com',
  what,
  target: 'owner' in detail ? detail.owner : null,
  detail: JSON.stringify(detail),
});

/** Of one owner all, of both who spent or has a record. */
function usersRequest(who: string, nowMs: number): UsersRequest {
  const day = Math.floor(nowMs / DAY_MS);
  const all = who === OWNERS[0];
  return { prefix: all ? who : 'iss|', all, day, firstOfMonth: day - 2, limit: all ? 1 : 2 };
}

type Reserve = Extract<Draft, { do: 'reserve' }>;

const requestOf = (each: Reserve, runId: string, nowMs: number) => ({
  runId,
  owner: each.owner,
  person: each.person,
  procedure: each.key % 2 === 0 ? 'a.run' : 'b.run',
  size: 100 + each.key,
  idempotencyKey: `key-${each.key}`,
  inputHash: each.input,
  lines: linesOf(each, nowMs),
  concurrentRuns: each.slots,
  nowMs,
  leaseUntilMs: nowMs + LEASE_MS,
});

type Wanted = Record<'amount' | 'capAmount' | 'limit' | 'days', number> & Record<'owner' | 'address', string>;

function linesOf({ owner: who, amount: wanted, capAmount, limit, address, days }: Wanted, nowMs: number): Line[] {
  const window = Math.floor(nowMs / DAY_MS) + days;
  const line = (scope: string, more: Pick<Line, 'code' | 'amount' | 'limit'>): Line => ({
    scope,
    window,
    unit: more.code === 'limit.spend_cap' ? 'microUsd' : 'computeUs',
    resetsAtMs: (window + 1) * DAY_MS,
    ...more,
  });
  return [
    line(`user-day:${who}`, { code: 'limit.quota', amount: wanted, limit }),
    { ...line(`user-month:${who}`, { code: 'limit.quota', amount: wanted, limit: 10 * limit }), window: Math.floor(window / 30) },
    line(`ip-day:${address}`, { code: 'limit.ip', amount: wanted, limit: 50 }),
    line('cap-day', { code: 'limit.spend_cap', amount: capAmount, limit: 200 }),
  ];
}
