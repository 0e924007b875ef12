import { expect, it } from 'vitest';
import { slopeOf } from './slope.ts';

it('grows with each step, whatever it began with', () => {
  expect(slopeOf([0, 1, 2, 3].map((x) => [x, 7 + 2 * x] as const))).toBeCloseTo(2);
  expect(slopeOf([0, 1, 2, 3].map((x) => [x, x % 2] as const))).toBeCloseTo(0.2);
});

it('of one point nobody can tell', () => {
  expect(slopeOf([[1, 1]])).toBeNaN();
});
