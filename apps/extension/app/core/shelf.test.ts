import { describe, expect, it } from 'vitest';
import { Failed } from './failure.ts';
import type { SavedPassage } from './passage.ts';
import { placeCount } from './places.ts';
import { type Change, copyInto, type Library, type NewPassage, openShelf, type ShelfState, type Watcher } from './shelf.ts';
import { saved } from './testing/saved.ts';

const source = { text: 'The tide follows the moon.', url: 'https://example.com/tides', title: 'Tides' };
const remark = { note: '', tags: [] };
const read = { model: 'm', embeddings: [Array<number>(384).fill(0.5)] };

/** A library of which the test says what it holds, and a shelf on it. */
function setUp({ held = [], embed = async () => read }: { held?: SavedPassage[]; embed?: () => Promise<typeof read> } = {}) {
  let watcher: Watcher | undefined;
  const added: NewPassage[] = [];
  const changes: [string, Change][] = [];
  const states: ShelfState[] = [];
  let refusal: Failed | null = null;
  const write = async (): Promise<void> => {
    if (refusal) throw refusal;
  };
  const library: Library = {
    watch: (given) => {
      watcher = given;
      return () => (watcher = undefined);
    },
    read: async () => held,
    add: (passages) => {
      added.push(...passages);
      return write();
    },
    change: (...change) => {
      changes.push(change);
      return write();
    },
    remove: write,
    removeAll: write,
    close: write,
    forget: write,
  };
  const shelf = openShelf({ library, embed, random: () => 0.0042, onState: (state) => states.push(state) });
  return {
    library,
    shelf,
    added,
    changes,
    state: () => states.at(-1),
    holds: (passages: SavedPassage[], isFresh = true) => watcher?.onPassages(passages, isFresh),
    refuse: (code: 'auth.forbidden' | 'internal.bug') => (refusal = new Failed({ code })),
  };
}

describe('a save', () => {
  it('takes a free place, and no second model call is made for what is on its way', async () => {
    let calls = 0;
    const embed = async () => {
      calls += 1;
      return read;
    };
    const { shelf, added, changes, holds } = setUp({ embed });
    holds([saved({ place: 'p0042', vector: new Int8Array(384) })]);
    expect(shelf.save(source, remark)).toBe(true);
    expect(added).toEqual([{ ...source, ...remark, place: 'p0043', vector: null, model: '' }]);
    holds([saved({ ...source, place: 'p0043', isPending: true })]);
    holds([saved({ ...source, place: 'p0043' })]);
    await expect.poll(() => changes).toEqual([['p0043', { model: 'm', vector: new Int8Array(384).fill(127) }]]);
    expect(calls).toBe(1);
  });

  it('moves on when another device took the place meanwhile, also in a later life of the page', () => {
    const { added, holds, refuse, state } = setUp();
    const own = saved({ ...source, place: 'p0042', note: 'mine', isPending: true });
    holds([own], false);
    refuse('auth.forbidden');
    holds([saved({ place: 'p0042', text: 'Another.', vector: new Int8Array(384) })]);
    expect(added).toMatchObject([{ ...source, place: 'p0043', note: 'mine' }]);
    expect(state()?.failure).toBeNull();
  });

  it('stays where it is once it is confirmed, and what another device deletes stays deleted', () => {
    const { added, holds } = setUp();
    const own = saved({ ...source, place: 'p0042', isPending: true });
    holds([own]);
    holds([{ ...own, isPending: false }]);
    holds([saved({ place: 'p0042', text: 'Another.' })]);
    holds([own]);
    holds([]);
    expect(added).toEqual([]);
  });

  it('is told when it fails', async () => {
    const { shelf, refuse, state } = setUp();
    refuse('internal.bug');
    shelf.save(source, remark);
    await expect.poll(() => state()?.failure).toEqual({ code: 'internal.bug' });
    shelf.dismiss();
    expect(state()?.failure).toBeNull();
  });

  it('is refused by a full library', () => {
    const { shelf, added, holds } = setUp();
    holds(Array.from({ length: 10_000 }, (_, index) => saved({ place: `p${String(index).padStart(4, '0')}` })));
    expect(shelf.save(source, remark)).toBe(false);
    expect(added).toEqual([]);
  });
});

describe('the model', () => {
  it('reads once the database has answered, and what was saved here again when it could not', async () => {
    let isDown = true;
    let calls = 0;
    const embed = async () => {
      calls += 1;
      if (isDown) throw new Error('down');
      return read;
    };
    const { shelf, changes, holds } = setUp({ embed });
    const own = saved({ ...source, place: 'p0042', isPending: true });
    holds([saved({ place: 'p0001', isPending: true })], false);
    expect(calls).toBe(0);
    shelf.save(source, remark);
    holds([own], false);
    await expect.poll(() => calls).toBe(1);
    isDown = false;
    holds([{ ...own, isPending: false }]);
    await expect.poll(() => changes.map(([place]) => place)).toEqual(['p0042']);
  });

  it('is not asked only because another tab or device has saved something', async () => {
    let calls = 0;
    const embed = async () => {
      calls += 1;
      return { ...read, embeddings: [...read.embeddings, ...read.embeddings] };
    };
    const { shelf, changes, holds } = setUp({ embed });
    holds([]);
    holds([saved({ place: 'p0001', isPending: true })]);
    expect(calls).toBe(0);
    shelf.save(source, remark);
    holds([saved({ place: 'p0001' }), saved({ ...source, place: 'p0042', isPending: true })]);
    // The occasion takes what has stayed unread along.
    await expect.poll(() => changes.map(([place]) => place)).toEqual(['p0001', 'p0042']);
  });

  it('of another size leaves no vector: the rules would refuse it', async () => {
    let calls = 0;
    const embed = async () => {
      calls += 1;
      return { model: 'm', embeddings: [[1, 2, 3]] };
    };
    const { shelf, changes, holds } = setUp({ embed });
    shelf.save(source, remark);
    holds([saved({ ...source, place: 'p0042' })]);
    await expect.poll(() => calls).toBe(1);
    holds([saved({ ...source, place: 'p0042', note: 'later' })]);
    expect([calls, changes]).toEqual([1, []]);
  });
});

it('a copy brings each passage once, with its vector', async () => {
  const vector = new Int8Array(384).fill(3);
  const { library, added } = setUp({ held: [saved({ place: 'p0042', text: 'There.' })] });
  const brought = [saved({ text: 'There.' }), saved({ place: 'p0042', ...source, note: 'n', vector, model: 'm' })];
  await copyInto(library, brought, () => 0.0042);
  expect(added).toEqual([{ ...source, note: 'n', tags: [], vector, model: 'm', place: 'p0043' }]);
});

it('a copy that does not fit adds nothing, and says that it is the library that is full', async () => {
  const taken = Array.from({ length: placeCount }, (_, index) => `p${String(index).padStart(4, '0')}`);
  const { library, added } = setUp({ held: taken.slice(1).map((place) => saved({ place, text: place })) });
  const brought = [saved({ text: 'One.' }), saved({ text: 'One too many.' })];
  await expect(copyInto(library, brought, () => 0)).rejects.toMatchObject({ failure: { code: 'limit.quota', field: 'library' } });
  expect(added).toEqual([]);
});
