import { expect, it } from 'vitest';
import { estimator } from './estimate.ts';

it('answers the worst case until it knows eight runs of the size', () => {
  const learned = estimator(1_000);
  for (let run = 0; run < 7; run++) learned.observe('a', 100, 10);
  expect(learned.estimateUs('a', 100)).toBe(1_000);
  learned.observe('a', 100, 10);
  expect(learned.estimateUs('a', 100)).toBe(10);
});

it('answers the p95, by procedure and size class, never above the worst case', () => {
  const learned = estimator(1_000);
  for (let run = 1; run <= 100; run++) learned.observe('a', 64, run);
  expect(learned.estimateUs('a', 127)).toBe(95);
  expect(learned.estimateUs('a', 128)).toBe(1_000);
  expect(learned.estimateUs('b', 64)).toBe(1_000);
  for (let run = 1; run <= 20; run++) learned.observe('c', 1, 5_000);
  expect(learned.estimateUs('c', 1)).toBe(1_000);
});

it('forgets the slow runs of yesterday', () => {
  const learned = estimator(1_000);
  for (let run = 0; run < 128; run++) learned.observe('a', 1, 900);
  for (let run = 0; run < 128; run++) learned.observe('a', 1, 5);
  expect(learned.estimateUs('a', 1)).toBe(5);
});

it.each([Number.NaN, -1, 1.5])('refuses the amount %s', (bad) => {
  expect(() => estimator(1_000).observe('a', 1, bad)).toThrow('computeUs must be');
  expect(() => estimator(1_000).estimateUs('a', bad)).toThrow('size must be');
});
