import { expect, it } from 'vitest';
import { inContext } from './context.ts';

const at = (text: string, passage: string) => {
  const start = text.indexOf(passage);
  return inContext(text, { start, end: start + passage.length });
};

it('shows the paragraph of a passage, and no other', () => {
  expect(at('Old.\n\nCats sleep. Dogs bark. Bees hum.\n\nNew.', 'Dogs bark.')).toEqual({
    before: 'Cats sleep. ',
    passage: 'Dogs bark.',
    after: ' Bees hum.',
  });
});

it('cuts a long paragraph between words', () => {
  const { before, after } = at(`${'ocean '.repeat(40)}Dogs bark. ${'river '.repeat(40)}`, 'Dogs bark.');
  expect(before).toMatch(/^… (ocean )+$/);
  expect(after).toMatch(/^( river)+ …$/);
});

it('has nothing around a passage that is all there is', () => {
  expect(at('Dogs bark.', 'Dogs bark.')).toEqual({ before: '', passage: 'Dogs bark.', after: '' });
});
