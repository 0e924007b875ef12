import { describe, expect, it } from 'vitest';
import { type FleetOptions, fleetDays, simulateDay } from './fleet-days.ts';

const fleet = (change: Partial<FleetOptions['pool']> = {}, serviceS = 0.5): FleetOptions => ({
  serviceS: [serviceS],
  pool: { min: 0, max: 100, maxWaiting: 1_000, coldStartS: 5, idleTailS: 60, ...change },
});

describe('a day of a fleet', () => {
  it('of few calls: each has its own start and its own tail', () => {
    // Ten calls a day, hardly ever two within 65 s.
    const day = simulateDay(10, fleet());
    expect(day.served).toBe(1);
    expect(day.starts / 10).toBeCloseTo(0.95, 0);
    expect(day.idleS / (day.starts * 60)).toBeCloseTo(1, 1);
  });

  it('of a steady stream: one instance, hardly ever started', () => {
    const day = simulateDay(5_000, fleet({ max: 1, idleTailS: 900 }));
    expect(day.starts).toBeLessThan(1);
    // Idle whenever it isn't busy: 86,400 − 5,000 × 0.5 = 83,900 s.
    expect(day.idleS / 83_900).toBeCloseTo(1, 1);
  });

  it('of a crowd: as many as work, and some more that have just worked', () => {
    // 40 calls a second keep 20 instances busy in the mean: 1.7 M seconds a day.
    const day = simulateDay(40 * 86_400, fleet());
    expect(day.served).toBe(1);
    expect(day.idleS).toBeGreaterThan(0.1 * 20 * 86_400);
    expect(day.idleS).toBeLessThan(1 * 20 * 86_400);
  });

  it('of more than it can serve: most are turned away', () => {
    // One instance serves two a second, and forty come.
    const day = simulateDay(40 * 86_400, fleet({ max: 1, maxWaiting: 5 }));
    expect(day.served).toBeGreaterThan(0.03);
    expect(day.served).toBeLessThan(0.15);
  });
});

it('between the rates that were simulated lies a straight line', () => {
  const options = fleet();
  const at = fleetDays({ least: 10, most: 100 }, options);
  const [low, high] = [simulateDay(10, options), simulateDay(100, options)];
  expect(at(10)).toEqual(low);
  expect(at(100).starts).toBeCloseTo(high.starts, 6);
  expect(at(30).starts).toBeGreaterThan(low.starts);
  expect(at(30).starts).toBeLessThan(high.starts);
});
