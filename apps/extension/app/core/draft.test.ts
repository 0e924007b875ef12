import { expect, it } from 'vitest';
import { textFit } from './draft.ts';
import { exampleText } from './example.ts';
import { maxTextChars } from './parts.ts';

it.each([
  ['', 'blank'],
  [' \n\t', 'blank'],
  ['a', 'fits'],
  [exampleText, 'fits'],
  ['a'.repeat(maxTextChars), 'fits'],
  ['a'.repeat(maxTextChars + 1), 'too-long'],
])('%.20s…: %s', (text, fit) => {
  expect(textFit(text)).toBe(fit);
});
