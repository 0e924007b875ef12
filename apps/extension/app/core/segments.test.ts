import { expect, it } from 'vitest';
import { segments } from './segments.ts';

const shown = (text: string, marks: { start: number; end: number }[]) =>
  segments(text, marks).map(({ text, marked }) => (marked ? `[${text}]` : text));

it('cuts at marks, in the order of the text', () => {
  expect(
    shown('One. Two. Three.', [
      { start: 10, end: 16 },
      { start: 0, end: 4 },
    ]),
  ).toEqual(['[One.]', ' Two. ', '[Three.]']);
});

it('counts as JavaScript does: emoji and combining marks stay whole', () => {
  const text = 'A 👩‍👩‍👧 naïve cafe\u0301. End.';
  expect(shown(text, [{ start: 0, end: text.indexOf(' End') }])).toEqual(['[A 👩‍👩‍👧 naïve cafe\u0301.]', ' End.']);
});

it.each([
  ['none', []],
  [
    'overlapping',
    [
      { start: 0, end: 6 },
      { start: 4, end: 9 },
    ],
  ],
  ['past the end', [{ start: 12, end: 400 }]],
  ['empty', [{ start: 3, end: 3 }]],
])('joined, the segments are the text again: %s', (_name, marks) => {
  const text = 'One. Two. Three.';
  const cut = segments(text, marks);
  expect(cut.map((segment) => segment.text).join('')).toBe(text);
  for (const { text: part, start } of cut) expect(text.slice(start, start + part.length)).toBe(part);
});
