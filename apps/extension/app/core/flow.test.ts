import { describe, expect, it } from 'vitest';
import { flowBuilder, relocate, spansOf } from './flow.ts';

/** Nodes are named by a letter; each has the data that is added. */
function flowOf(steps: readonly ([node: string, data: string, preformatted?: boolean] | 'line' | 'block')[]) {
  const builder = flowBuilder<string>();
  for (const step of steps) {
    if (step === 'line' || step === 'block') builder[step]();
    else builder.add(...step);
  }
  return builder.build();
}

describe('the text', () => {
  it('collapses white space as browsers do, across nodes too', () => {
    expect(
      flowOf([
        ['a', '  One \n\t two '],
        ['b', ' three'],
        ['c', ' '],
      ]).text,
    ).toBe('One two three');
  });

  it('keeps a word together that a link cuts', () => {
    expect(
      flowOf([
        ['a', 'anti'],
        ['b', 'body'],
      ]).text,
    ).toBe('antibody');
  });

  it('has a blank line between blocks and none around them', () => {
    expect(
      flowOf(['block', ['a', 'One.'], ['x', ' '], 'block', 'block', ['b', 'Two.'], 'line', ['c', 'Three.'], 'block']).text,
    ).toBe('One.\n\nTwo.\nThree.');
  });

  it('keeps the lines of preformatted text', () => {
    expect(flowOf([['a', 'x  = 1\ny = 2\n', true], 'block', ['b', 'End']]).text).toBe('x  = 1\ny = 2\n\nEnd');
  });

  it('holds no-break spaces, and replaces what no server takes by a mark of the same length', () => {
    const { text } = flowOf([['a', '10\u{A0}km \0 \uD800!']]);
    expect(text).toBe('10\u{A0}km \u{FFFD} \u{FFFD}!');
    expect(text.isWellFormed()).toBe(true);
  });
});

describe('the way back', () => {
  const data = new Map([
    ['a', ' The  tide '],
    ['b', 'follows'],
    ['c', ' the moon.  Cats\nsleep.'],
  ]);
  const flow = flowOf([...data].map(([node, text]) => [node, text] as [string, string]));

  it('leads to the same characters for every stretch', () => {
    expect(flow.text).toBe('The tide follows the moon. Cats sleep.');
    for (let start = 0; start < flow.text.length; start += 1) {
      for (let end = start + 1; end <= flow.text.length; end += 1) {
        const found = spansOf(flow, start, end).map(({ node, from, to }) => data.get(node)!.slice(from, to));
        expect(found.join('').replaceAll(/\s+/g, '')).toBe(flow.text.slice(start, end).replaceAll(/\s+/g, ''));
      }
    }
  });

  it('gives one span a node, with the white space in it', () => {
    expect(spansOf(flow, 0, 26)).toEqual([
      { node: 'a', from: 1, to: 11 },
      { node: 'b', from: 0, to: 7 },
      { node: 'c', from: 0, to: 10 },
    ]);
  });
});

describe('a text that has changed', () => {
  const passages = [
    { text: 'One.', start: 0 },
    { text: 'Two.', start: 5 },
    { text: 'One.', start: 10 },
  ];

  it('has its passages where they were, or as far away as what came before them', () => {
    expect(relocate('One. Two. One.', passages)).toEqual([0, 5, 10]);
    expect(relocate('New! One. Two. One.', passages)).toEqual([5, 10, 15]);
  });

  it('has lost what is gone, and no other', () => {
    expect(relocate('Two. One.', passages)).toEqual([5, 0, 5]);
    expect(relocate('Gone', passages)).toEqual([null, null, null]);
  });
});
