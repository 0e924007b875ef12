import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { parseTiming } from './first-run.ts';
import { report, wrap } from './report.ts';

const run = {
  highlights: [{ text: 'Cheap before dear.', start: 10, end: 28, score: 0.61234 }],
  sentences: 49,
  receipt: {
    runId: 'a11aea6b',
    computeUs: 1_089_000,
    priceMicroUsd: 44,
    priceAsOf: '2026-08-01',
    remainingUs: 298_911_000,
    resetsAt: '2026-11-25T00:00:00.000Z',
  },
  hopsMs: { 'sign-in': 36.2, reserve: 2.9, model: 1142.1, 'model-compute': 1107.3, total: 1200 },
};

test('the report holds the sentences, the receipt and the time per hop', () => {
  const lines = stripVTControlCharacters(report(run, 'NOTES.md', 100)).split('\n');
  expect(lines).toContain('Key sentences of NOTES.md  1 of 49');
  expect(lines).toContain('  1  0.61  Cheap before dear.');
  expect(lines).toContain('  compute    1.089 s of the model');
  expect(lines).toContain('  price      $0.000044 at the price of 2026-08-01');
  expect(lines.find((line) => line.startsWith('  left'))).toMatch(/^ {2}left {7}298\.9 s until \d+ Nov, \d\d:\d\d \S+$/);
  expect(lines.find((line) => line.includes('reserve'))).toMatch(/^ {2}reserve \(hold the budget\) +2\.9 ms/);
  expect(lines.find((line) => line.includes('compute  '))).toBeDefined();
});

test('wraps at white space, and leaves a word that is too long whole', () => {
  expect(wrap('one two\nthree extraordinarily four', 8)).toEqual(['one two', 'three', 'extraordinarily', 'four']);
});

test('reads a server-timing header', () => {
  expect(parseTiming('authenticate;dur=1.25, model-queue;dur=0, model;dur=80')).toEqual([
    ['authenticate', 1.25],
    ['model-queue', 0],
    ['model', 80],
  ]);
  expect(parseTiming('')).toEqual([]);
});
