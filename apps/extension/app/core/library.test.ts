import { expect, it } from 'vitest';
import { filtered, newestFirst, pendingMs, ranked, tagsOf } from './library.ts';
import { saved } from './testing/saved.ts';

const places = (passages: readonly { place: string }[]) => passages.map(({ place }) => place);
const tide = saved({ place: 'p1', text: 'The tide follows the moon.', tags: ['sea', 'moon'], createdMs: 1 });
const lamp = saved({ place: 'p2', text: 'A lamp burns.', note: 'Like the Moon', title: 'Lights', tags: ['sea'], createdMs: 3 });
const bee = saved({ place: 'p3', text: 'Bees dance.', createdMs: 2 });
const all = [tide, lamp, bee];

it('the newest comes first', () => {
  expect(places(newestFirst(all))).toEqual(['p2', 'p3', 'p1']);
});

it('so does one that only this device has, though its moment is kept in whole seconds', () => {
  const before = saved({ place: 'there', createdMs: 73_107 });
  const after = saved({ place: 'here', createdMs: pendingMs(73_000) });
  expect(places(newestFirst([before, after]))).toEqual(['here', 'there']);
});

it('the most used tag comes first, then the alphabet', () => {
  expect(tagsOf([...all, saved({ tags: ['bees'] })])).toEqual(['sea', 'bees', 'moon']);
});

it.each([
  ['', null, ['p1', 'p2', 'p3']],
  ['moon', null, ['p1', 'p2']],
  ['LAMP lights', null, ['p2']],
  ['lamp tide', null, []],
  ['', 'sea', ['p1', 'p2']],
  ['moon', 'moon', ['p1']],
])('the words “%s” and the tag %s leave %j', (words, tag, expected) => {
  expect(places(filtered(all, { words, tag }))).toEqual(expected);
});

it('the closest in meaning comes first; what cannot be compared is left out', () => {
  const read = (place: string, vector: readonly number[] | null, model = 'm') =>
    saved({ place, model, vector: vector && Int8Array.from(vector) });
  const passages = [read('far', [0, 127]), read('near', [127, 10]), read('other', [127, 0], 'n'), read('unread', null)];
  expect(places(ranked(passages, { vector: Int8Array.from([127, 0]), model: 'm' }))).toEqual(['near', 'far']);
});
