import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { exponential, logNormal, poissonArrivals } from './draws.ts';
import { type Pool, simulateQueue } from './simulate.ts';

const always = (instances: number): Pool => ({
  min: instances,
  max: instances,
  maxWaiting: Number.POSITIVE_INFINITY,
  coldStartS: 0,
  idleTailS: 0,
});

/** Of a mean wait over a few hundred thousand calls: long queues are rare, and each weighs much. */
const NOISE = 0.08;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Erlang C: the mean wait of calls of 1 s, exponential, `load` of them a second, before `servers`. */
function erlangWait(load: number, servers: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked)) / (servers - load);
}

describe('a pool that is always on', () => {
  test.each([
    [1, 0.5],
    [1, 0.7],
    [4, 2.6],
    [16, 11],
  ])('%i instances at %f calls a second of 1 s each (exponential): the wait is that of Erlang C', (servers, load) => {
    const random = randomFrom(7);
    const arrivals = poissonArrivals(load, 300_000 / load, random);
    const { waitsS } = simulateQueue({ arrivals, serviceS: () => exponential(1, random) }, always(servers));
    expect(Math.abs(mean(waitsS) / erlangWait(load, servers) - 1)).toBeLessThan(NOISE);
  });

  test.each([
    [0, 'all alike'],
    [1.5, 'a few of them long'],
  ])('a spread of %f of what they take (%s): the wait is that of Pollaczek and Khinchine', (spread) => {
    const random = randomFrom(2);
    const work = logNormal(0.2, spread);
    const arrivals = poissonArrivals(3, 100_000, random);
    const { waitsS } = simulateQueue({ arrivals, serviceS: () => work(random) }, always(1));
    const [load, meanS] = [0.6, 0.2];
    expect(Math.abs(mean(waitsS) / ((load * meanS * (1 + spread ** 2)) / (2 * (1 - load))) - 1)).toBeLessThan(NOISE);
  });

  test('more than may wait are refused, and are not served later', () => {
    const outcome = simulateQueue({ arrivals: [0, 1, 2, 3], serviceS: () => 10 }, { ...always(1), maxWaiting: 2 });
    expect(outcome).toMatchObject({ served: 3, refused: 1, waitsS: [0, 9, 18], busyS: 30, endS: 30, coldStarts: 0 });
  });
});

describe('a pool that goes down to nothing', () => {
  const pool: Pool = { min: 0, max: 2, maxWaiting: 10, coldStartS: 5, idleTailS: 60 };

  test('a call an hour pays for a start and a tail each time', () => {
    const outcome = simulateQueue({ arrivals: [0, 3_600, 7_200], serviceS: () => 2 }, pool);
    expect(outcome).toMatchObject({ coldStarts: 3, waitsS: [5, 5, 5], startingS: 15, busyS: 6, idleS: 180, endS: 7_267 });
  });

  test('a call within the tail finds it warm', () => {
    const outcome = simulateQueue({ arrivals: [0, 30], serviceS: () => 2 }, pool);
    // On at 5, busy to 7, idle to 30, busy to 32, idle to 92.
    expect(outcome).toMatchObject({ coldStarts: 1, waitsS: [5, 0], startingS: 5, busyS: 4, idleS: 83, endS: 92 });
  });

  test('two at once start two, a third waits for the one that is free first', () => {
    const durations = [1, 9, 3];
    const outcome = simulateQueue({ arrivals: [0, 0, 0], serviceS: () => durations.shift() ?? 0 }, pool);
    expect(outcome).toMatchObject({ coldStarts: 2, mostInstances: 2, waitsS: [5, 5, 6], busyS: 13, startingS: 10 });
  });

  test('the one that was used last is used again, so that the other goes off', () => {
    const outcome = simulateQueue({ arrivals: [0, 0, 50, 100], serviceS: () => 1 }, { ...pool, coldStartS: 0 });
    // One is idle from 1 and off at 61; the other serves at 50 and 100, and is off at 161.
    expect(outcome).toMatchObject({ coldStarts: 2, idleS: 60 + 49 + 49 + 60, endS: 161 });
  });
});

test('whatever comes in, nothing is lost and every second is counted once', () => {
  const calls = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 30 })), { maxLength: 60 });
  const pools = fc
    .record({ min: fc.nat(3), more: fc.nat(3), maxWaiting: fc.nat(5), coldStartS: fc.nat(9), idleTailS: fc.nat(20) })
    .filter(({ min, more }) => min + more > 0)
    .map(({ more, ...pool }): Pool => ({ ...pool, max: pool.min + more }));
  fc.assert(
    fc.property(calls, pools, (calls, pool) => {
      let now = 0;
      const arrivals = calls.map(([gap]) => (now += gap));
      const durations = calls.map(([, serviceS]) => serviceS);
      const outcome = simulateQueue({ arrivals, serviceS: () => durations.shift() ?? 0 }, pool);
      expect(outcome.served + outcome.refused).toBe(calls.length);
      expect(outcome.waitsS.every((wait) => wait >= 0)).toBe(true);
      expect(outcome.mostInstances).toBeLessThanOrEqual(pool.max);
      expect(outcome.startingS).toBe(outcome.coldStarts * pool.coldStartS);
      const onS = outcome.startingS + outcome.busyS + outcome.idleS;
      const mostS = outcome.mostInstances * outcome.endS;
      expect(onS).toBeLessThanOrEqual(mostS);
      expect(onS).toBeGreaterThanOrEqual(pool.min === pool.max ? mostS : 0);
    }),
  );
});

test('arrivals follow the rate of the moment', () => {
  const rate = { at: (second: number) => (second < 500 ? 1 : 9), most: 9 };
  const times = [...poissonArrivals(rate, 1_000, randomFrom(3))];
  const early = times.filter((time) => time < 500).length;
  expect(early / 500).toBeCloseTo(1, 0);
  expect((times.length - early) / 500).toBeCloseTo(9, 0);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
