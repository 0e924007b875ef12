import { expect, it } from 'vitest';
import { pageParts } from './page-parts.ts';

const whole = (page: string, partChars: number) => {
  const parts = pageParts(page, [partChars, partChars]);
  for (const { text, start } of parts) {
    expect(page.slice(start, start + text.length)).toBe(text);
    expect(text.length).toBeLessThanOrEqual(partChars);
    expect(text.isWellFormed()).toBe(true);
  }
  return parts.map(({ text }) => text);
};

it('ends parts at a paragraph, else at a sentence, else at a word', () => {
  expect(whole('First of all.\n\nSecond. Third of them.', 20)).toEqual(['First of all.\n\n', 'Second. Third of ', 'them.']);
  expect(whole('One here. Two here. Three here.', 22)).toEqual(['One here. Two here. ', 'Three here.']);
  expect(whole('aaaa bbbb cccc', 10)).toEqual(['aaaa bbbb ', 'cccc']);
});

it('loses nothing of a page without any end, and cuts no character in two', () => {
  const page = '👩‍👩‍👧'.repeat(40);
  expect(whole(page, 7).join('')).toBe(page);
});

it('begins with a part of its own size', () => {
  expect(pageParts('aaaa bbbb cccc dddd', [5, 10]).map(({ text }) => text)).toEqual(['aaaa ', 'bbbb cccc ', 'dddd']);
});

it('a short page is one part, and white space is none', () => {
  expect(pageParts('Short.')).toEqual([{ text: 'Short.', start: 0 }]);
  expect(whole(`A.${' '.repeat(50)}B.`, 10).filter((text) => text.trim() === '')).toEqual([]);
});
