import type { Store } from '@twohop/quota';
import fc from 'fast-check';
import type { Check, Finding } from './check.ts';
import type { StoreName, Verdict } from './row.ts';
import { judge, judgeEnd } from './schedule/rules.ts';
import { LEASE_MS } from './schedule/scene.ts';
import { perform, type Step, steps } from './schedule/steps.ts';
import { openWorld, type World } from './schedule/world.ts';

const SCHEDULES = 10_000;
/** As many as either store follows in the same time. */
const QUICK_SCHEDULES: Readonly<Record<StoreName, number>> = { sqlite: 400, postgres: 200 };

/** What the schedules must have reached, else they have shown nothing about it. */
const required = [
  'settled',
  'released',
  'expired',
  'late report',
  'run of a deleted account',
  'limit.quota',
  'limit.concurrency',
  'limit.spend_cap',
];

type Reached = Map<string, number>;

/** Runs one schedule to its end and judges after each step. @throws Error naming the invariant that is broken */
async function follow(world: World, each: readonly Step[], reached: Reached): Promise<void> {
  const memory = { carried: new Map<string, number>(), reached };
  for (const step of each) {
    await perform(world, step, memory);
    await judge(world, memory, step.do === 'start');
  }
  world.crash();
  world.fail(null);
  await world.advance(2 * LEASE_MS);
  while ((await world.store.expire(world.time.nowMs())) > 0);
  await judgeEnd(world, memory);
}

export interface Explored {
  readonly schedules: number;
  readonly reached: Reached;
  /** The shortest schedule found that breaks an invariant, and how; null when none does. */
  readonly broken: string | null;
}

/** Few schedules reach every limit only by luck, and what is judged at each commit must not depend on that. */
export const QUICK_SEED = 20_261_126;

/** Random schedules over a store, each on budgets of its own. Without a seed others each time. */
export async function explore(store: Store, schedules: number, seeded: { seed?: number } = {}): Promise<Explored> {
  const reached: Reached = new Map();
  let count = 0;
  const property = fc.asyncProperty(steps, (each) => follow(openWorld(store, `s${++count}`), each, reached));
  const { failed, numRuns, errorInstance, counterexample, seed } = await fc.check(property, { ...seeded, numRuns: schedules });
  if (!failed) return { schedules: numRuns, reached, broken: null };
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return { schedules: numRuns, reached, broken: `${why} after ${JSON.stringify(counterexample)} (seed ${seed})` };
}

export function verdictOf({ schedules, reached, broken }: Explored, wanted: number): Verdict {
  const missed = required.filter((what) => !reached.has(what));
  const counts = [...reached].map(([what, times]) => `${times} ${what}`).join(', ');
  const actual =
    broken ??
    `${schedules} schedules without a break: ${counts}${missed.length > 0 ? `; never reached ${missed.join(', ')}` : ''}`;
  const expected = `${wanted} schedules, every invariant of DESIGN §4 at every step`;
  return { ok: broken === null && schedules === wanted && missed.length === 0, expected, actual };
}

export const stateMachineCheck: Check = {
  name: 'state-machine',
  run: async ({ store, quick, memory }): Promise<Finding[]> => {
    const ledger = await (await store.fresh(memory)).open();
    const wanted = quick ? QUICK_SCHEDULES[store.name] : SCHEDULES;
    const explored = await explore(ledger, wanted, quick ? { seed: QUICK_SEED } : {}).finally(() => ledger.close());
    const name = 'state machine: random schedules of success, failure, timeout, abort, crash, store error, retry, deletion';
    return [{ name, ...verdictOf(explored, wanted) }];
  },
};
