import { expect, it } from 'vitest';
import { english } from '../../test/words.ts';
import { resetText, waitText } from './time.ts';

const nowMs = Date.parse('2026-03-01T22:30:00Z');

it.each([
  ['UTC', '2026-03-01T23:00:00.000Z', 'Full again today at 23:00'],
  ['UTC', '2026-03-02T00:00:00.000Z', 'Full again tomorrow at 00:00'],
  ['UTC', '2026-03-04T00:00:00.000Z', 'Full again on 4 March at 00:00'],
  ['UTC', '2026-03-01T22:30:00.000Z', 'Full again now'],
  // It is already the 2nd of March there.
  ['Asia/Tokyo', '2026-03-02T00:00:00.000Z', 'Full again today at 09:00'],
  ['America/Los_Angeles', '2026-03-02T00:00:00.000Z', 'Full again today at 16:00'],
])('%s, %s: %s', (timeZone, iso, text) => {
  expect(resetText(iso, { nowMs, timeZone }, english)).toBe(text);
});

it.each([
  [1, '1 s'],
  [8_000, '8 s'],
  [8_001, '9 s'],
  [99_000, '99 s'],
  [100_000, '2 min'],
  [3_600_000, '60 min'],
])('a wait of %i ms is told as %s', (ms, text) => {
  expect(waitText(ms, english)).toBe(text);
});
