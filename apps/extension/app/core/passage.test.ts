import { describe, expect, it } from 'vitest';
import { linkTo, limits, savable, tagsFrom } from './passage.ts';

const source = { text: 'A sentence.', url: 'https://example.com/a', title: 'A page' };

describe('what may be saved', () => {
  it('is cut to what the rules let through, and stays well-formed', () => {
    const long = savable({ ...source, text: `${'x'.repeat(1_999)}😀`, title: 'y'.repeat(400) });
    expect(long?.text).toBe(`${'x'.repeat(1_999)}\u{FFFD}`);
    expect(long?.title).toHaveLength(limits.title);
  });

  it.each(['file:///etc/hosts', 'chrome://version', 'about:blank'])('is nothing of %s', (url) => {
    expect(savable({ ...source, url })).toBeNull();
  });

  it('loses of an address that is too long what matters least', () => {
    const long = 'z'.repeat(2_040);
    expect(savable({ ...source, url: `https://example.com/a?b=1#${long}` })?.url).toBe('https://example.com/a?b=1');
    expect(savable({ ...source, url: `https://example.com/a?${long}` })?.url).toBe('https://example.com/a');
    expect(savable({ ...source, url: `https://example.com/${long}` })).toBeNull();
  });
});

it.each([
  ['', []],
  [' Sea ,, moon, sea ', ['sea', 'moon']],
  ['a  b', ['a b']],
  ['1,2,3,4,5,6', ['1', '2', '3', '4', '5']],
  ['x'.repeat(41), ['x'.repeat(40)]],
])('tags of “%s” are %j', (typed, tags) => {
  expect(tagsFrom(typed)).toEqual(tags);
});

it('the link leads to the words in their page', () => {
  expect(linkTo(source)).toBe('https://example.com/a#:~:text=A%20sentence.');
  expect(linkTo({ ...source, url: 'https://example.com/#top', text: 'far-off' })).toBe(
    'https://example.com/#top:~:text=far%2Doff',
  );
  expect(linkTo({ ...source, text: 'word '.repeat(40) })).toBe(
    `https://example.com/a#:~:text=${Array(24).fill('word').join('%20')}`,
  );
});
