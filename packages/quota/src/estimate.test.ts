import { expect, it } from 'vitest';
import { estimator } from './estimate.ts';

const WORST_US = 1_000_000;
const learn = (runs: readonly (readonly [size: number, computeUs: number])[]) => {
  const learned = estimator(WORST_US);
  for (const [size, computeUs] of runs) learned.observe({ procedure: 'a', size, computeUs, wallUs: computeUs + 10 });
  return learned;
};
const times = (count: number, of: (index: number) => readonly [number, number]) => Array.from({ length: count }, (_, n) => of(n));
/** Each number below `count` once, in no order that a trend could be read from. `count` is no multiple of 17. */
const shuffled = (n: number, count: number): number => (n * 17) % count;

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
  const learned = learn(times(60, (n) => [1_000 + 20 * shuffled(n, 60), 500 + 3 * (1_000 + 20 * shuffled(n, 60))]));
  for (const size of [1_010, 1_510, 2_190]) {
    const ratio = learned.predict('a', size).p50Us / (500 + 3 * size);
    expect(ratio).toBeGreaterThan(0.96);
    expect(ratio).toBeLessThan(1.04);
  }
});

it('takes runs that are all of one size for proportional, within twice and half of it', () => {
  const learned = learn(times(20, () => [1_000, 4_000]));
  expect(learned.predict('a', 1_800).p50Us).toBeCloseTo(7_200, -2);
  expect(learned.predict('a', 600).p50Us).toBeCloseTo(2_400, -2);
});

it('never tells less for more: where the runs say so, it is noise', () => {
  const learned = learn(times(60, (n) => [1_000 + 10 * n, 9_000 - 10 * n]));
  const quotes = [1_000, 1_200, 1_400].map((size) => learned.predict('a', size).p50Us);
  expect(quotes[1]).toBeGreaterThan(0.9 * (quotes[0] ?? Number.NaN));
});

it('p95 stands above nineteen of twenty runs', () => {
  const { p50Us, p95Us } = learn(times(40, (n) => [64, 100 + shuffled(n, 40)])).predict('a', 64);
  expect(p50Us).toBeCloseTo(119, -1);
  expect(p95Us).toBeCloseTo(137, -1);
});

it('p95 learns from what it missed by: runs that cost three times as much now and then are held for', () => {
  const { p50Us, p95Us } = learn(times(200, (n) => [64, n % 10 === 0 ? 3_000 : 1_000])).predict('a', 64);
  expect(p50Us).toBeLessThan(1_500);
  expect(p95Us).toBeGreaterThan(2_000);
});

it('a machine that has become slow shows within a few runs, at sizes that none of them had', () => {
  const fast = times(100, (n) => [100 + 30 * shuffled(n, 100), 10 * (100 + 30 * shuffled(n, 100))] as const);
  const slow = times(6, (n) => [2_000 + 150 * n, 20 * (2_000 + 150 * n)] as const);
  const ratio = learn([...fast, ...slow]).predict('a', 400).p50Us / learn(fast).predict('a', 400).p50Us;
  expect(ratio).toBeGreaterThan(1.5);
  expect(ratio).toBeLessThan(2.1);
});

it('one odd run changes little, however odd it is', () => {
  const usual = times(100, () => [500, 5_000] as const);
  expect(learn([...usual, [500, 900_000]]).predict('a', 500).p50Us).toBeLessThan(1.25 * 5_000);
  expect(learn([...usual, [500, 50]]).predict('a', 500).p50Us).toBeGreaterThan(0.8 * 5_000);
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
  expect(() => learned.observe({ procedure: 'a', size: 1, computeUs: bad, wallUs: 1 })).toThrow('computeUs must be');
  expect(() => learned.observe({ procedure: 'a', size: bad, computeUs: 1, wallUs: 1 })).toThrow('size must be');
  expect(() => learned.predict('a', bad)).toThrow('size must be');
});

it('what is recalled from before comes before what was observed meanwhile, and counts as if it had been observed', () => {
  const run = (n: number) => ({
    procedure: 'a',
    size: 1_000 + 20 * shuffled(n, 60),
    computeUs: 500 + 9 * shuffled(n, 60),
    wallUs: n,
  });
  const [before, meanwhile] = [times(50, (n) => [n, 0]).map(([n]) => run(n)), [run(51), run(52)]];
  const observed = estimator(WORST_US);
  for (const sample of [...before, ...meanwhile]) observed.observe(sample);
  const recalled = estimator(WORST_US);
  for (const sample of meanwhile) recalled.observe(sample);
  recalled.recall(before);
  expect(recalled.predict('a', 1_500)).toEqual(observed.predict('a', 1_500));
  expect(recalled.predict('a', 1_500).runs).toBeGreaterThan(8);
});
