import { expect, it } from 'vitest';
import { english, wordsOf } from '../../test/words.ts';
import { allowanceText, computeText, priceText } from './amounts.ts';

it.each([
  [0, '0 s'],
  [1, 'under 1 ms'],
  [41_300, '41 ms'],
  [999_999, '1,000 ms'],
  [2_440_000, '2.4 s'],
  [60_000_000, '60 s'],
  [1_800_000_000, '30 min'],
])('%i µs of model time are %s', (us, text) => {
  expect(computeText(us, english)).toBe(text);
});

it.each([
  [0, 'under $0.000001'],
  [2, '$0.000002'],
  [9_999, '$0.009999'],
  [130_000, '$0.13'],
])('%i micro-USD are %s', (microUsd, text) => {
  expect(priceText(microUsd, english)).toBe(text);
});

const resetsAt = '2026-03-02T00:00:00.000Z';

it.each([
  [60_000_000, 1, 'plenty', '60 s left', '0 s used'],
  [9_000_000, 0.15, 'plenty', '9 s left', '51 s used'],
  [8_999_999, 0.149_999_983, 'low', '9 s left', '51 s used'],
  [0, 0, 'empty', '0 s left', '60 s used'],
])('%i µs left of a minute', (remainingUs, share, tone, left, used) => {
  const text = allowanceText({ limitUs: 60_000_000, remainingUs, resetsAt }, english);
  expect(text).toEqual({ left, limit: 'of 60 s today', used, tone, share: expect.closeTo(share, 6) as number });
});

it('a plan without any allowance is empty, not a division by zero', () => {
  expect(allowanceText({ limitUs: 0, remainingUs: 0, resetsAt }, english)).toMatchObject({ share: 0, tone: 'empty' });
});

it('writes numbers as the language of its texts does', () => {
  expect(computeText(2_440_000, wordsOf('de'))).toBe('2,4 s');
  expect(priceText(130_000, wordsOf('de'))).toBe('0,13\u00A0$');
});
