import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Admission, admission } from './admission.ts';

/** Arrivals of a user: so many a second, evenly, from and until a millisecond. */
interface Source {
  readonly owner: string;
  readonly perSecond: number;
  readonly fromMs?: number;
  readonly untilMs?: number;
}

interface Outcome {
  readonly owner: string;
  readonly atMs: number;
  /** Null: refused. */
  readonly tookMs: number | null;
  readonly refusedAfterMs: number;
}

interface Hardware {
  readonly workers: number;
  readonly workMs: number;
}

/** A run takes at least and at most this part less and more than the mean. */
const SPREAD = 0.3;
const two: Hardware = { workers: 2, workMs: 100 };
const capacityOf = ({ workers, workMs }: Hardware): number => (workers * 1000) / workMs;
const CAPACITY = capacityOf(two);

interface Scene {
  readonly lastsMs: number;
  readonly hardware?: Hardware;
  readonly gate?: Admission;
}

const clock = { nowMs: () => Date.now() };

/** Behind an admission stands a model of some workers that serve one run each, first come first served. */
function simulate(sources: readonly Source[], { lastsMs, hardware = two, gate = admission(clock) }: Scene): Promise<Outcome[]> {
  const { workers, workMs } = hardware;
  const random = seeded(1);
  const freeAtMs = Array.from({ length: workers }, () => Date.now());
  const beganMs = Date.now();
  const call = async (owner: string): Promise<Outcome> => {
    const atMs = Date.now() - beganMs;
    const place = await gate.enter(owner);
    if (!place) return { owner, atMs, tookMs: null, refusedAfterMs: Date.now() - beganMs - atMs };
    const enteredMs = Date.now();
    const worker = freeAtMs.indexOf(Math.min(...freeAtMs));
    const startsMs = Math.max(enteredMs, freeAtMs[worker] ?? 0);
    // Pages are longer and shorter.
    const computeMs = workMs * (1 - SPREAD + 2 * SPREAD * random());
    freeAtMs[worker] = startsMs + computeMs;
    await new Promise((resolve) => setTimeout(resolve, startsMs + computeMs - enteredMs));
    place.leave({ queueMs: startsMs - enteredMs, computeMs, overloaded: false });
    return { owner, atMs, tookMs: Date.now() - beganMs - atMs, refusedAfterMs: 0 };
  };
  const calls = sources.flatMap(({ owner, perSecond, fromMs = 0, untilMs = lastsMs }) =>
    Array.from({ length: Math.floor(((untilMs - fromMs) * perSecond) / 1000) }, async () => {
      // Nobody's calls know of another's: they come at any time.
      await new Promise((resolve) => setTimeout(resolve, fromMs + random() * (untilMs - fromMs)));
      return call(owner);
    }),
  );
  return vi.runAllTimersAsync().then(() => Promise.all(calls));
}

/** A small generator of numbers from 0 to 1: the same at each run of the tests. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const perSecond = (outcomes: readonly Outcome[], { fromMs, untilMs }: { fromMs: number; untilMs: number }): number =>
  (outcomes.filter(({ atMs, tookMs }) => tookMs !== null && atMs >= fromMs && atMs < untilMs).length * 1000) / (untilMs - fromMs);

const p99 = (outcomes: readonly Outcome[]): number => {
  const took = outcomes.flatMap(({ tookMs }) => tookMs ?? []).toSorted((a, b) => a - b);
  return took[Math.ceil(took.length * 0.99) - 1] ?? Number.NaN;
};

const crowd = (users: number, perSecondOfAll: number, more: Partial<Source> = {}): Source[] =>
  Array.from({ length: users }, (_, index) => ({ owner: `user-${index}`, perSecond: perSecondOfAll / users, ...more }));

beforeEach(() => void vi.useFakeTimers({ now: 0, loopLimit: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

describe('admission', () => {
  it.each<Hardware>([{ workers: 1, workMs: 300 }, two, { workers: 8, workMs: 100 }])(
    'at ten times the capacity of %o it stays busy, nobody takes twice as long, and a refusal comes at once',
    async (hardware) => {
      const capacity = capacityOf(hardware);
      const warmMs = 100 * hardware.workMs;
      const lastsMs = 2.5 * warmMs;
      const outcomes = await simulate(crowd(97, 10 * capacity), { lastsMs, hardware });
      const steady = outcomes.filter(({ atMs }) => atMs >= warmMs);
      expect(perSecond(steady, { fromMs: warmMs, untilMs: lastsMs })).toBeGreaterThanOrEqual(0.95 * capacity);
      expect(p99(steady)).toBeLessThanOrEqual(2 * (1 + SPREAD) * hardware.workMs);
      expect(Math.max(...steady.map(({ refusedAfterMs }) => refusedAfterMs))).toBeLessThanOrEqual(50);
    },
  );

  it('one that always says yes keeps none of it: the queue grows without end', async () => {
    const gate: Admission = {
      enter: async () => ({ leave: () => undefined }),
      state: () => ({ limit: 1, inUse: 0, waiting: 0 }),
    };
    expect(p99(await simulate(crowd(97, 10 * CAPACITY), { lastsMs: 3_000, gate }))).toBeGreaterThan(50 * two.workMs);
  });

  it('refuses hardly anybody at half of the capacity, though calls come by chance', async () => {
    const outcomes = await simulate(crowd(50, 0.5 * CAPACITY), { lastsMs: 60_000 });
    const refused = outcomes.filter(({ tookMs }) => tookMs === null).length;
    // By chance three come at once: with two workers one in three waits, and one in five for longer than it may.
    expect(refused / outcomes.length).toBeLessThan(0.1);
  });

  it('after a crowd has gone everybody is served as before', async () => {
    const rush = crowd(97, 10 * CAPACITY, { untilMs: 5_000 }).map((source) => ({ ...source, owner: `rush-${source.owner}` }));
    const quiet = crowd(10, 0.3 * CAPACITY, { fromMs: 6_000 });
    const refused = (outcomes: readonly Outcome[]) =>
      outcomes.filter(({ atMs, tookMs }) => atMs >= 6_000 && tookMs === null).length / outcomes.length;
    expect(refused(await simulate([...rush, ...quiet], { lastsMs: 60_000 }))).toBeLessThan(0.05);
  });

  it('after a crowd has gone a place is not kept from the one who is left', async () => {
    const one: Hardware = { workers: 1, workMs: 100 };
    const rush = crowd(97, 10 * capacityOf(one), { untilMs: 5_000 });
    const refused = async (sources: readonly Source[]) => {
      const left = [...sources, { owner: 'left', perSecond: 3, fromMs: 8_000 }];
      const own = (await simulate(left, { lastsMs: 15_000, hardware: one })).filter(({ owner }) => owner === 'left');
      return own.filter(({ tookMs }) => tookMs === null).length / own.length;
    };
    expect((await refused(rush)) - (await refused([]))).toBeLessThan(0.1);
  });

  it.each<[Hardware, number, number]>([
    [two, 0.8, 0.95],
    [two, 0.5, 0.95],
    [{ workers: 4, workMs: 100 }, 0.5, 0.95],
    [{ workers: 8, workMs: 100 }, 0.8, 0.95],
    // Where one run is all that there is room for, each of the greedy one's is in the way for as long as it takes.
    [{ workers: 1, workMs: 100 }, 0.5, 0.8],
  ])(
    'one user at a hundred times the rate of the others does not take their room: %o at %d',
    { timeout: 30_000 },
    async (hardware, load, left) => {
      const rate = load * capacityOf(hardware);
      const lastsMs = 120_000;
      const others = crowd(20, rate);
      const hog = { owner: 'hog', perSecond: (100 * rate) / 20 };
      const goodput = async (sources: readonly Source[]) => {
        const served = (await simulate(sources, { lastsMs, hardware })).filter(({ owner }) => owner !== 'hog');
        return perSecond(served, { fromMs: 3_000, untilMs: lastsMs });
      };
      const alone = await goodput(others);
      expect(alone).toBeGreaterThan(0.4 * rate);
      expect((await goodput([...others, hog])) / alone).toBeGreaterThanOrEqual(left);
    },
  );

  it('halves when the model has no room, once for all that were in it', async () => {
    const gate = admission(clock);
    const overloaded = { queueMs: null, computeMs: null, overloaded: true };
    const places = await Promise.all(Array.from({ length: 8 }, (_, index) => gate.enter(`user-${index}`)));
    for (const place of places) place?.leave(overloaded);
    expect(gate.state()).toEqual({ limit: 4, inUse: 0, waiting: 0 });
    (await gate.enter('next'))?.leave(overloaded);
    expect(gate.state()).toEqual({ limit: 2, inUse: 0, waiting: 0 });
  });

  it('room that comes free goes to who has the least of it, not to who asks most', async () => {
    const gate = admission({ ...clock, most: 2 });
    const [first] = [await gate.enter('hog'), await gate.enter('hog')];
    const order: string[] = [];
    const ask = (owner: string) => gate.enter(owner).then((place) => place && order.push(owner));
    const asked = [ask('hog'), ask('hog'), ask('ann')];
    first?.leave(null);
    await vi.runAllTimersAsync();
    await Promise.all(asked);
    expect(order).toEqual(['ann']);
    expect(gate.state()).toEqual({ limit: 2, inUse: 2, waiting: 0 });
  });

  it('what never got to the model teaches nothing, and its room is free again', async () => {
    const gate = admission(clock);
    for (let run = 0; run < 100; run += 1) (await gate.enter('ann'))?.leave(null);
    expect(gate.state()).toEqual({ limit: 8, inUse: 0, waiting: 0 });
  });
});
