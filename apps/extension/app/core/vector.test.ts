import { expect, it } from 'vitest';
import { quantized, similarity } from './vector.ts';

const cosine = (one: readonly number[], other: readonly number[]): number => {
  const product = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return product(one, other) / Math.sqrt(product(one, one) * product(other, other));
};
/** As long and as flat as the model's, the same in every run. */
const vector = (seed: number) => Array.from({ length: 384 }, (_, index) => Math.sin(seed * 97 + index * index) / 20);

it('one byte a dimension changes a similarity by less than 0.003', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const [one, other] = [vector(seed), vector(seed + 0.01)];
    const off = similarity(quantized(one), quantized(other)) - cosine(one, other);
    expect(Math.abs(off)).toBeLessThan(0.003);
  }
});

it('uses the whole byte, and nothing is close to nothing', () => {
  expect([...quantized([0.02, -0.04, 0])]).toEqual([64, -127, 0]);
  expect(similarity(quantized([0, 0]), quantized([1, 0]))).toBe(0);
});
