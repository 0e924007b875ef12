import { expect, it } from 'vitest';
import { estimator } from './estimate.ts';

const WORST_US = 1_000_000;
const learn = (runs: readonly (readonly [size: number, computeUs: number])[]) => {
  const learned = estimator(WORST_US);
  for (const [size, computeUs] of runs) learned.observe('a', { size, computeUs, wallUs: computeUs + 10 });
  return learned;
};
const times = (count: number, of: (index: number) => readonly [number, number]) => Array.from({ length: count }, (_, n) => of(n));

it('answers the worst case until it knows eight runs of a similar size', () => {
  expect(learn(times(7, () => [100, 10])).predict('a', 100)).toMatchObject({ p50Us: WORST_US, p95Us: WORST_US, runs: 0 });
  expect(learn(times(8, () => [100, 10])).predict('a', 100)).toEqual({ p50Us: 10, p95Us: 10, wallP50Us: 20, runs: 8 });
});

it('knows nothing of other procedures and of very different sizes', () => {
  const learned = learn(times(50, () => [100, 10]));
  expect(learned.predict('b', 100).runs).toBe(0);
  expect(learned.predict('a', 300).runs).toBe(0);
  expect(learned.predict('a', 20).runs).toBe(0);
});

it('follows the size between the runs it has seen', () => {
  const learned = learn(times(60, (n) => [1_000 + 20 * n, 500 + 3 * (1_000 + 20 * n)]));
  expect(learned.predict('a', 1_510).p50Us).toBeGreaterThanOrEqual(500 + 3 * 1_510);
  expect(learned.predict('a', 1_510).p50Us).toBeLessThan(1.02 * (500 + 3 * 1_510));
});

it('p95 stands above nineteen of twenty runs', () => {
  const { p50Us, p95Us } = learn(times(40, (n) => [64, 100 + n])).predict('a', 64);
  expect(p50Us).toBeCloseTo(119, -1);
  expect(p95Us).toBeCloseTo(137, -1);
});

it('never answers more than the worst case', () => {
  expect(learn(times(20, () => [1, 5_000_000])).predict('a', 1).p95Us).toBe(WORST_US);
});

it('forgets the slow runs of yesterday', () => {
  const learned = learn([...times(256, () => [1, 900] as const), ...times(256, () => [1, 5] as const)]);
  expect(learned.predict('a', 1).p95Us).toBe(5);
});

it.each([Number.NaN, -1, 1.5])('refuses the amount %s', (bad) => {
  const learned = estimator(WORST_US);
  expect(() => learned.observe('a', { size: 1, computeUs: bad, wallUs: 1 })).toThrow('computeUs must be');
  expect(() => learned.observe('a', { size: bad, computeUs: 1, wallUs: 1 })).toThrow('size must be');
  expect(() => learned.predict('a', bad)).toThrow('size must be');
});
