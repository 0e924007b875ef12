import { describe, expect, it } from 'vitest';
import { chunkChars, maxTextChars, partFrom, partsOf } from './parts.ts';

const paragraphs = (count: number, chars: number): string =>
  Array.from({ length: count }, (_, n) => `${n} ${'word '.repeat(chars / 5)}`.trim()).join('\n\n');

const covered = (text: string): string =>
  partsOf(text)
    .map(({ start, end }) => text.slice(start, end))
    .join('');

describe('parts', () => {
  it('a short text is one', () => {
    expect(partsOf('One. Two.')).toEqual([{ start: 0, end: 9 }]);
    expect(partsOf('')).toEqual([]);
  });

  it('a book is two dozen, all of them taken by the server', () => {
    const text = paragraphs(1_800, 500);
    const parts = partsOf(text, chunkChars);
    const chars = parts.map(({ start, end }) => end - start);
    expect(Math.max(...chars)).toBeLessThanOrEqual(maxTextChars);
    expect(parts.length).toBeLessThanOrEqual(25);
    expect(covered(text)).toBe(text);
    for (const { end } of parts.slice(0, -1)) expect(text.slice(end - 2, end)).toBe('\n\n');
  });

  it('for a search are as few as the server takes', () => {
    expect(partsOf(paragraphs(180, 500))).toHaveLength(1);
  });

  it('one may begin anywhere: white space before it is nobody’s', () => {
    expect(partFrom('One.\n\nTwo.', 4)).toEqual({ start: 6, end: 10 });
    expect(partFrom('One. \n', 4)).toBe(null);
  });

  it.each([
    ['one endless line', 'word '.repeat(40_000)],
    ['no boundary at all', '本'.repeat(120_000)],
    ['surrogate pairs', '𠮷'.repeat(60_000)],
    ['sentences without paragraphs', 'A sentence goes on. '.repeat(9_000)],
  ])('%s is covered whole, and no character is cut', (_name, text) => {
    expect(covered(text)).toBe(text);
    for (const { start, end } of partsOf(text)) {
      expect(end - start).toBeLessThanOrEqual(maxTextChars);
      expect(text.slice(start, end).isWellFormed()).toBe(true);
    }
  });
});
