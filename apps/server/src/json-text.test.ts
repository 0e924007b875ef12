import { expect, it } from 'vitest';
import { jsonProblem } from './json-text.ts';

it.each([
  '{}',
  '"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["',
  '"\\\\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["',
  `${'['.repeat(32)}${']'.repeat(32)}`,
  `[${'[],'.repeat(100)}0]`,
  '{"text":"__proto__"}',
  '{"text":"\\"__proto__\\":1"}',
  '{"proto":1,"__proto":2,"constructors":3}',
  '"',
])('a parser may have %s', (text) => {
  expect(jsonProblem(text)).toBeNull();
});

it.each([
  ['[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[', /deep/],
  [`"\\\\"${'['.repeat(33)}`, /deep/],
  ['{"a":{"__proto__":1}}', /prototype/],
  ['{"__proto__"\n:1}', /prototype/],
  ['{"\\u005F_prot\\u006f__":1}', /prototype/],
  ['{"c\\u006fnstructor":1}', /prototype/],
])('a parser may not have %s', (text, reason) => {
  expect(jsonProblem(text)).toMatch(reason);
});

it('looks at two megabytes of brackets and quotes in no time', () => {
  const texts = ['\\', '"', '[]', '"\\"', '{"a":"\\\\"}'].map((part) => part.repeat(2_000_000 / part.length));
  const startMs = performance.now();
  for (const text of texts) jsonProblem(text);
  expect(performance.now() - startMs).toBeLessThan(1_000);
});
