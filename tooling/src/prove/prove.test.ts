import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountExport, Store } from '@twohop/quota';
import { sqliteStore } from '@twohop/quota/sqlite';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import { admission, type Cell, cellsOf, type Gate, nameOf } from './admission.ts';
import type { Execution } from './behaviour.ts';
import type { Answer } from './caller.ts';
import { type Round, reconcile } from './kill-matrix.ts';
import { verdictOf as outageVerdict } from './outage.ts';
import { prove } from './prove.ts';
import { exactly, type Row } from './row.ts';
import { explore, QUICK_SEED, verdictOf } from './state-machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'twohop-prove-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newStore = () => sqliteStore({ path: join(folder, `${++files}.db`), deadlineMs: 10_000 });

const cell: Cell = { processes: 1, inFlight: 50, limit: 10, cost: 7 };

/** A ledger in memory; `racy` looks, and adds only after others had their turn. */
function gateOf({ limit, cost }: Cell, kind: 'exact' | 'racy' | 'leaky' | 'timid'): Gate {
  let settled = 0;
  let executed = 0;
  return {
    ask: async () => {
      const fits = settled + cost * (kind === 'timid' ? 2 : 1) <= limit;
      if (kind === 'racy') await new Promise(setImmediate);
      if (!fits) return 'limit.quota';
      settled += cost;
      executed += 1;
      return 'ok';
    },
    executed: async () => executed,
    balance: async () => ({ settled, held: kind === 'leaky' ? cost : 0 }),
  };
}

describe('exact admission', () => {
  it('holds for a ledger that decides and adds at once', async () => {
    expect(await admission(cell, gateOf(cell, 'exact'))).toEqual(
      exactly('admitted 1, answered 1, charged 7, left 3', 'admitted 1, answered 1, charged 7, left 3'),
    );
  });

  it('turns red for one that checks, then adds', async () => {
    const verdict = await admission(cell, gateOf(cell, 'racy'));
    expect(verdict).toMatchObject({ ok: false, actual: 'admitted 50, answered 50, charged 350, left -340' });
  });

  it.each(['leaky', 'timid'] as const)('turns red for one that is %s', async (kind) => {
    expect((await admission({ ...cell, cost: 1 }, gateOf({ ...cell, cost: 1 }, kind))).ok).toBe(false);
  });

  it('has every cell in full, and a spread with both ends when quick', () => {
    expect(cellsOf(false)).toHaveLength(30);
    const quick = cellsOf(true);
    expect(quick.length).toBeGreaterThanOrEqual(7);
    for (const field of ['processes', 'inFlight', 'limit', 'cost'] as const) {
      const ends = (cells: readonly Cell[]) => [
        Math.min(...cells.map((each) => each[field])),
        Math.max(...cells.map((each) => each[field])),
      ];
      expect(ends(quick)).toEqual(ends(cellsOf(false)));
    }
    expect(new Set(cellsOf(false).map(nameOf)).size).toBe(30);
  });
});

describe('state machine', () => {
  const broken = async (change: (store: Store) => Partial<Store>, schedules = 300) => {
    const store = await newStore();
    return explore({ ...store, ...change(store) }, schedules, { seed: QUICK_SEED }).finally(() => store.close());
  };

  it('holds for the ledger, and reaches every limit and ending', async () => {
    const store = await newStore();
    const explored = await explore(store, 400, { seed: QUICK_SEED }).finally(() => store.close());
    expect(verdictOf(explored, 400)).toMatchObject({ ok: true });
  });

  it('turns red when nothing was reached', () => {
    expect(verdictOf({ schedules: 400, reached: new Map(), broken: null }, 400)).toMatchObject({ ok: false });
  });

  it.each<[string, RegExp, (store: Store) => Partial<Store>]>([
    [
      'gives back after dispatch',
      /given back after its dispatch|ended and not settled/,
      (store) => ({
        settle: async ({ runId, computeUs }) => {
          await store.release(runId);
          return { computeUs, remainingUs: 0, resetsAtMs: 0 };
        },
      }),
    ],
    [
      'charges the user for what failed',
      /the user was charged/,
      (store) => ({ settle: (used) => store.settle({ ...used, userUs: used.computeUs, timeoutUs: null }) }),
    ],
    [
      'trusts the report of nothing',
      /the cap was charged/,
      (store) => ({
        settle: (used) => store.settle({ ...used, capMicroUsd: used.capMicroUsd === 10_000 ? 0 : used.capMicroUsd }),
      }),
    ],
    [
      'holds nothing of the user while a run is on its way',
      /above 35000|held, their runs|though it fitted/,
      (store) => ({
        reserve: (asked) =>
          store.reserve({
            ...asked,
            lines: asked.lines.map((line) => ({ ...line, amount: line.unit === 'computeUs' ? 0 : line.amount })),
          }),
      }),
    ],
    ['never ends a lease', /held, 0 running|held, \d running|after all leases/, () => ({ expire: async () => 0 })],
    [
      'forgets keys',
      /executed twice/,
      (store) => ({ reserve: (asked) => store.reserve({ ...asked, idempotencyKey: crypto.randomUUID() }) }),
    ],
  ])('turns red for a ledger that %s', async (_name, why, change) => {
    const { broken: found } = await broken(change, 1_500);
    expect(found).toMatch(why);
  });
});

const runId = '00000000-0000-4000-8000-000000000001';
const account = (run: Partial<AccountExport['runs'][number]> | null, held = 0): AccountExport => ({
  account: { plan: null, blocked: false },
  usage: [],
  runs: run
    ? [
        {
          runId,
          procedure: 'p',
          state: 'settled',
          createdMs: 0,
          computeUs: 7_000_000,
          userUs: 7_000_000,
          capMicroUsd: 7_000,
          priceAsOf: '2026-08-01',
          ...run,
        },
      ]
    : [],
  windows: [{ scope: 'user-day', window: 1, settled: 0, held }],
});
const start: Execution = { event: 'start', runId, tag: 'r/1', us: 0, atMs: 0 };
const answer = { status: 200, code: 'ok', data: { receipt: { runId } }, ms: 1, tag: 'r/1', uid: 'ann', timeouts: 0 };
const sound: Round = { executions: [start], accounts: [account({})], answers: [answer], capMicroUsd: 7_000 };

describe('kill matrix', () => {
  it('finds nothing where the ledger agrees with the log', () => {
    expect(reconcile(sound)).toEqual([]);
  });

  it.each<[string, Partial<Round>, RegExp]>([
    ['a run that the ledger lost', { accounts: [account(null)], answers: [], capMicroUsd: 0 }, /^lost/],
    ['a run given back after its dispatch', { accounts: [account({ state: 'released' })], answers: [], capMicroUsd: 0 }, /^lost/],
    ['a run executed twice', { executions: [start, start] }, /executed twice/],
    ['a hold that outlives its lease', { accounts: [account({}, 7)] }, /^held/],
    ['an answer that nobody paid', { accounts: [account({ state: 'expired' })] }, /^unpaid/],
    ['a cap that rose by too little', { capMicroUsd: 0 }, /the cap rose by 0/],
  ])('finds %s', (_name, change, problem) => {
    expect(reconcile({ ...sound, ...change }).join('\n')).toMatch(problem);
  });

  it.each([
    ['finds a call that was charged twice', 7_000_000, 0, 0, ['doubled: r/1 was charged twice']],
    ['finds it also after a user’s fourth timeout', 7_000_000, 1, 3, ['doubled: r/1 was charged twice']],
    ['finds one of three timeouts that was not free', 1_500_000, 1, 2, ['doubled: r/1 was charged twice']],
    ['lets a user pay for the time of the fourth', 1_500_000, 1, 3, []],
  ])('%s', (_name, userUs, timeouts, others, problems) => {
    const again = '00000000-0000-4000-8000-000000000002';
    const twice: Round = {
      executions: [start, { ...start, runId: again }],
      accounts: [account({}), account({ runId: again, userUs })],
      answers: [
        { ...answer, timeouts },
        { ...answer, tag: 'r/2', timeouts: others },
      ],
      capMicroUsd: 14_000,
    };
    expect(reconcile(twice)).toEqual(problems);
  });
});

describe('store outage', () => {
  const refusal: Answer = { status: 503, code: 'limit.store_down', data: undefined, ms: 200 };
  const read: Answer = { status: 200, code: 'ok', data: {}, ms: 1 };
  const seen = { refusals: [refusal], reads: [read], executed: 0, logLines: 0, recoveryMs: 10, balance: '100 charged, 0 held' };

  it('holds when everything that spends is refused in time', () => {
    expect(outageVerdict(seen, true).ok).toBe(true);
  });

  it.each<[string, Partial<typeof seen>]>([
    ['one run was executed', { executed: 1 }],
    ['one call was admitted', { refusals: [refusal, read] }],
    ['a refusal was late', { refusals: [{ ...refusal, ms: 251 }] }],
    ['reads went down with it', { reads: [refusal] }],
    ['the log was flooded', { logLines: 2 }],
    ['it took too long to come back', { recoveryMs: 5_001 }],
    ['a hold was left behind', { balance: '100 charged, 1 held' }],
  ])('turns red when %s', (_name, change) => {
    expect(outageVerdict({ ...seen, ...change }, true).ok).toBe(false);
  });

  it('judges no latency when quick', () => {
    expect(outageVerdict({ ...seen, refusals: [{ ...refusal, ms: 900 }] }, false).ok).toBe(true);
  });
});

it('a check that breaks is a row that does not hold', async () => {
  const setting = { store: { name: 'sqlite' }, tell: () => undefined } as never;
  const rows = await prove([{ name: 'x', run: () => Promise.reject(new Error('it broke')) }], [setting]);
  expect(rows).toEqual([{ name: 'x', store: 'sqlite', ok: false, expected: 'the check runs to its end', actual: 'it broke' }]);
});

it('the command prints one object, with each row of the check, over real processes', async () => {
  const args = [
    join(root, 'tooling', 'src', 'prove.ts'),
    '--quick',
    '--json',
    '--store',
    'sqlite',
    '--only',
    'idempotency,bad-numbers',
  ];
  const { stdout, exitCode } = await execa(process.execPath, args, { reject: false });
  const { ok, rows } = JSON.parse(stdout) as { ok: boolean; rows: Row[] };
  expect(rows.filter((row) => !row.ok)).toEqual([]);
  expect({ ok, exitCode, rows: rows.length }).toEqual({ ok: true, exitCode: 0, rows: 9 });
});

it('an unknown check or store is refused by name', async () => {
  const command = (...args: string[]) =>
    execa(process.execPath, [join(root, 'tooling', 'src', 'prove.ts'), ...args], { reject: false });
  const [check, store] = await Promise.all([command('--only', 'nothing'), command('--store', 'paper')]);
  expect([check.exitCode, store.exitCode]).toEqual([1, 1]);
  expect(check.stderr).toContain('No check is called "nothing"');
  expect(store.stderr).toContain('--store paper: there are sqlite');
});
