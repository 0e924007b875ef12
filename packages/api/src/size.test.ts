import { expect, it } from 'vitest';
import { extentOf, extentToQuote, sizeOf } from './size.ts';

it.each([
  ['One.', 1],
  ['One. Two! Three?', 3],
  ['Version 1.2 of example.com', 1],
  ['Wait… what?! No', 2],
  ['一。二！三？', 3],
  ['no end at all', 1],
])('counts the sentences of %j', (text, sentences) => {
  expect(extentOf([text])).toEqual({ chars: text.length, sentences });
});

it('a text of many short sentences is larger than one of few long ones, and several texts add up', () => {
  const short = 'So it is. '.repeat(10);
  const long = `${'so it is '.repeat(11)}.`;
  expect(short).toHaveLength(long.length);
  expect(sizeOf(extentOf([short]))).toBe(100 + 200);
  expect(sizeOf(extentOf([long]))).toBe(100 + 20);
  expect(extentOf([short, long])).toEqual({ chars: 200, sentences: 11 });
});

it('a quote without a count of sentences takes one a hundred characters', () => {
  expect(extentToQuote({ chars: 250 })).toEqual({ chars: 250, sentences: 3 });
  expect(extentToQuote({ chars: 250, sentences: 9 })).toEqual({ chars: 250, sentences: 9 });
});
