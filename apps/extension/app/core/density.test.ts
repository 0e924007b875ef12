import { expect, it } from 'vitest';
import { chosenMarks, densities, wantedMarks } from './density.ts';

const marks = [
  { text: 'a', start: 0, score: 0.2 },
  { text: 'b', start: 10, score: 0.9 },
  { text: 'c', start: 20, score: 0.5 },
];

it('shows the best marks, in the order of the text', () => {
  expect(chosenMarks(marks, 17, 3).map(({ text }) => text)).toEqual(['b', 'c']);
});

it('never shows fewer at a denser stop, and at least one', () => {
  for (const sentences of [1, 5, 30, 400]) {
    const counts = densities.map((density) => chosenMarks(marks, sentences, density).length);
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    expect(counts[0]).toBeGreaterThanOrEqual(1);
  }
});

it('asks for as many as the densest stop shows, within what the server gives', () => {
  expect(wantedMarks('word '.repeat(600))).toBe(9);
  expect(wantedMarks('本'.repeat(3_000))).toBe(25);
  expect(wantedMarks('x')).toBe(1);
  expect(wantedMarks('word '.repeat(19_000))).toBe(50);
});
