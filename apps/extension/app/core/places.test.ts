import { expect, it } from 'vitest';
import { freePlace, indexOf, placeCount } from './places.ts';

it('gives the next place that is free, around the end', () => {
  expect(freePlace(new Set(), 7)).toBe('p0007');
  expect(freePlace(new Set(['p0007', 'p0008']), 7)).toBe('p0009');
  expect(freePlace(new Set(['p9999']), placeCount - 1)).toBe('p0000');
  expect(indexOf('p0042')).toBe(42);
});

it('a full library has none', () => {
  const all = new Set(Array.from({ length: placeCount }, (_, index) => `p${String(index).padStart(4, '0')}`));
  expect(freePlace(all, 3)).toBeNull();
});
