import fc from 'fast-check';
import type { Ending } from './endings.ts';
import type { StoreFault } from './faulty-store.ts';
import type { Call } from './history.ts';
import type { Memory } from './rules.ts';
import { LEASE_MS } from './scene.ts';
import type { World } from './world.ts';

/** One thing that happens. Calls are named by a number, taken modulo those that are in the model at that time. */
export type Step =
  | {
      readonly do: 'start';
      readonly uid: string;
      readonly key: number;
      readonly input: string;
      readonly left: boolean;
      readonly fault: StoreFault | null;
    }
  | { readonly do: 'end'; readonly call: number; readonly ending: Ending; readonly fault: StoreFault | null }
  | { readonly do: 'leave'; readonly call: number; readonly fault: StoreFault | null }
  | { readonly do: 'crash' }
  | { readonly do: 'advance'; readonly ms: number }
  /** The process is stopped for so long (SIGSTOP, a pause of its machine), and another one ends the leases it could not renew. */
  | { readonly do: 'stop'; readonly ms: number }
  | { readonly do: 'sweep' }
  | { readonly do: 'delete'; readonly uid: string };

const when = fc.constantFrom('before', 'after');
const faultOf = (...operations: StoreFault['operation'][]) =>
  fc.option(fc.record({ operation: fc.constantFrom(...operations), when }), { freq: 4 });

const ending: fc.Arbitrary<Ending> = fc.record({
  kind: fc.constantFrom('ok', 'ok', 'ok', 'failed', 'timeout', 'cancelled', 'never sent', 'threw'),
  reportUs: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 12_000 }) }, fc.constant(null)),
});

const call = fc.nat({ max: 9 });
const uid = fc.constantFrom('ann', 'bob');

const start = fc.record({
  do: fc.constant('start'),
  uid,
  key: fc.nat({ max: 8 }),
  input: fc.constantFrom('One.', 'Two.', 'Three.', 'Four.', 'Five.', 'Six.', 'Seven.'),
  left: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
  fault: faultOf('reserve', 'settle', 'release'),
});

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: start },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('end'), call, ending, fault: faultOf('settle', 'release') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('leave'), call, fault: faultOf('settle') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('crash') }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.constantFrom(1, 5, LEASE_MS / 3, LEASE_MS + 1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('stop'), ms: fc.constantFrom(LEASE_MS / 2, LEASE_MS + 1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), uid }) },
  ),
  { minLength: 1, maxLength: 20, size: 'max' },
) as fc.Arbitrary<Step[]>;

const keyOf = (uid: string, key: number): string => `${uid === 'ann' ? 'a' : 'b'}0000000-0000-4000-8000-00000000000${key}`;

const inModel = ({ calls }: World, number: number): Call | undefined => {
  const waiting = calls.filter(({ at }) => at === 'model');
  return waiting[number % waiting.length];
};

/** Lets it happen. A step that has no call to happen to does nothing. */
export async function perform(world: World, step: Step, memory: Memory): Promise<void> {
  world.fail('fault' in step ? step.fault : null);
  if (step.do === 'start') await world.start({ ...step, key: keyOf(step.uid, step.key) });
  else if (step.do === 'crash') world.crash();
  else if (step.do === 'advance') await world.advance(step.ms);
  else if (step.do === 'stop') await stopFor(world, step.ms);
  else if (step.do === 'sweep') await world.store.expire(world.time.nowMs());
  else if (step.do === 'delete') await remove(world, step.uid, memory);
  else await happenTo(world, step);
}

async function stopFor(world: World, ms: number): Promise<void> {
  world.time.leap(ms);
  await world.store.expire(world.time.nowMs());
  await world.advance(0);
}

async function happenTo(world: World, step: Extract<Step, { do: 'end' | 'leave' }>): Promise<void> {
  const target = inModel(world, step.call);
  if (!target) return;
  if (step.do === 'end') await world.end(target, step.ending);
  else await world.leave(target);
}

async function remove(world: World, uid: string, { carried }: Memory): Promise<void> {
  const owner = `${world.schedule}|${uid}`;
  const { windows } = await world.store.exportAccount(owner);
  const today = windows.find(({ scope }) => scope === 'user-day');
  await world.deleteAccount(uid);
  if (today) carried.set(owner, today.settled + today.held);
  for (const attempt of world.attempts) if (attempt.owner === owner) attempt.deleted = true;
}
