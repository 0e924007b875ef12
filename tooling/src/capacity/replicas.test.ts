import { describe, expect, test } from 'vitest';
import { measured } from './measured.ts';
import { type Assumptions, replicasFor } from './replicas.ts';

const assumed: Assumptions = {
  callsPerUserDay: 5,
  busiestHour: 0.1,
  sentencesPerPage: 40,
  spread: 1,
  p95WaitS: 0.25,
  mostBusy: 1,
};

describe('replicas', () => {
  test('of few users one is enough, and it is hardly ever busy', () => {
    // 1 000 × 5 × 0.1 ÷ 3 600 = 0.139 calls a second, of 40 ÷ 944 = 42 ms each.
    const need = replicasFor(1_000, 944, assumed);
    expect(need).toMatchObject({ replicas: 1, p50WaitMs: 0, p95WaitMs: 0 });
    expect(need.perSecond).toBeCloseTo(0.1389, 4);
    expect(need.busy).toBeCloseTo(0.0059, 4);
  });

  test('one fewer does not keep the wait', () => {
    const need = replicasFor(1_000_000, 944, assumed);
    // 138.9 calls a second of 42.4 ms each keep 5.9 busy.
    expect(need.replicas).toBeGreaterThanOrEqual(6);
    expect(need.replicas).toBeLessThanOrEqual(9);
    expect(need.p95WaitMs).toBeLessThanOrEqual(250);
    const stricter = replicasFor(1_000_000, 944, { ...assumed, p95WaitS: 0.005 });
    expect(stricter.replicas).toBeGreaterThan(need.replicas);
    expect(stricter.p95WaitMs).toBeLessThanOrEqual(5);
  });

  test('no more of their time is taken than may be', () => {
    const need = replicasFor(1_000_000, 944, { ...assumed, mostBusy: 0.5 });
    // 5.9 busy ones are half of 12.
    expect(need.replicas).toBe(12);
    expect(need.busy).toBeCloseTo(0.49, 2);
  });

  test('many are busier than few at the same wait', () => {
    const [few, many] = [100_000, 10_000_000].map((users) => replicasFor(users, 944, assumed));
    expect(many?.busy).toBeGreaterThan(few?.busy ?? 1);
  });
});

test('the speeds are those of the benchmarks', () => {
  expect(measured().map(({ sentencesPerSecond }) => sentencesPerSecond)).toEqual([944, 13_632]);
});
