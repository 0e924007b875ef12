import { expect, it } from 'vitest';
import { locales, wordsOf } from '../../test/words.ts';
import { textFit } from './draft.ts';
import { maxTextChars } from './parts.ts';

it.each([
  ['', 'blank'],
  [' \n\t', 'blank'],
  ['a', 'fits'],
  ...locales.map((locale) => [wordsOf(locale).text('exampleText'), 'fits']),
  ['a'.repeat(maxTextChars), 'fits'],
  ['a'.repeat(maxTextChars + 1), 'too-long'],
])('%.20s…: %s', (text, fit) => {
  expect(textFit(text)).toBe(fit);
});
