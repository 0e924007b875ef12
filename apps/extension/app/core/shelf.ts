import { createEmbedder, type Embed } from './embedder.ts';
import { Failed, type Failure } from './failure.ts';
import { isSame, type Remark, type SavedPassage, type Source } from './passage.ts';
import { freePlace, indexOf, placeCount } from './places.ts';

/** What is saved: without a vector until a model has read it. */
export type NewPassage = Source & Remark & Pick<SavedPassage, 'place' | 'vector' | 'model'>;
export type Change = Partial<Pick<SavedPassage, 'note' | 'tags' | 'vector' | 'model'>>;

export interface Watcher {
  /** All of them, on each change; `isFresh` once the database itself has answered. */
  onPassages(passages: readonly SavedPassage[], isFresh: boolean): void;
  onFailure(failure: Failure): void;
}

/**
 * The passages of one user, in a database and in a cache on this device. Changes show at once and also without a connection;
 * their promises resolve when the database has them. Rejections are `Failed`.
 */
export interface Library {
  watch(watcher: Watcher): () => void;
  /** All of them as the database has them. */
  read(): Promise<SavedPassage[]>;
  /** `auth.forbidden`: a place holds another passage. */
  add(passages: readonly NewPassage[]): Promise<void>;
  change(place: string, change: Change): Promise<void>;
  remove(place: string): Promise<void>;
  /** Needs a connection: resolves when the database holds none. */
  removeAll(): Promise<void>;
  /** Ends it in this page; the cache stays. */
  close(): Promise<void>;
  /** Ends it, and deletes the cache. */
  forget(): Promise<void>;
}

export interface ShelfState {
  readonly passages: readonly SavedPassage[];
  /** False while only this device has answered. */
  readonly isFresh: boolean;
  readonly failure: Failure | null;
}

export interface ShelfDeps {
  readonly library: Library;
  readonly embed: Embed;
  /** 0 to 1, without 1. */
  readonly random: () => number;
  readonly onState: (state: ShelfState) => void;
}

/** An open library: gives passages their places, and has them read by the model once they are saved. */
export const openShelf = ({ library, embed, random, onState }: ShelfDeps) => {
  let state: ShelfState = { passages: [], isFresh: false, failure: null };
  /** Saved on this device and not confirmed yet, in this life of the page or an earlier one. */
  const pending = new Map<string, SavedPassage>();
  /** Saved by this page: others read by the model what they save themselves. */
  const ours = new Set<string>();
  const change = (part: Partial<ShelfState>): void => onState((state = { ...state, ...part }));
  const report = (error: unknown): void =>
    change({ failure: error instanceof Failed ? error.failure : { code: 'internal.bug' } });
  /** A place that another device took first is told by what stands there, not by the refusal. */
  const send = (write: Promise<void>): void =>
    void write.catch((error: unknown) => {
      if (!(error instanceof Failed && error.failure.code === 'auth.forbidden')) report(error);
    });
  const unread = createEmbedder(embed, (place, read) => send(library.change(place, read)));
  const put = (passage: Omit<NewPassage, 'place'>, start: number): boolean => {
    const place = freePlace(new Set([...pending.keys(), ...state.passages.map((each) => each.place)]), start);
    if (place === null) return false;
    ours.add(place);
    send(library.add([{ ...passage, place }]));
    return true;
  };
  const settle = (passages: readonly SavedPassage[]): void => {
    const here = new Map(passages.map((passage) => [passage.place, passage]));
    for (const [place, own] of pending) {
      const now = here.get(place);
      if (now?.isPending && isSame(now, own)) continue;
      pending.delete(place);
      // While this device was offline, another has taken the place: the passage moves on.
      if (now && !isSame(now, own)) put(plain(own), indexOf(place) + 1);
    }
    for (const passage of passages) if (passage.isPending) pending.set(passage.place, passage);
  };
  const stop = library.watch({
    onPassages: (passages, isFresh) => {
      const isDue = (isFresh && !state.isFresh) || passages.some((each) => ours.has(each.place) && unread.has(each));
      change({ passages, isFresh });
      settle(passages);
      if (isDue) void unread.embed(() => state.passages);
    },
    onFailure: (failure) => change({ failure }),
  });
  return {
    /** False in a full library. */
    save: (source: Source, remark: Remark): boolean =>
      put({ ...source, ...remark, vector: null, model: '' }, Math.floor(random() * placeCount)),
    edit: (place: string, remark: Remark): void => send(library.change(place, remark)),
    remove: (place: string): void => {
      pending.delete(place);
      send(library.remove(place));
    },
    dismiss: (): void => change({ failure: null }),
    stop,
  };
};

const plain = (passage: SavedPassage): Omit<NewPassage, 'place'> => {
  const { text, url, title, note, tags, vector, model } = passage;
  return { text, url, title, note, tags, vector, model };
};

/** Copies what another library holds into this one, each passage once. */
export const copyInto = async (library: Library, passages: readonly SavedPassage[], random: () => number): Promise<void> => {
  const there = await library.read();
  const taken = new Set(there.map(({ place }) => place));
  const added: NewPassage[] = [];
  for (const passage of passages) {
    if (there.some((known) => isSame(known, passage))) continue;
    const place = freePlace(taken, Math.floor(random() * placeCount));
    if (place === null) throw new Failed({ code: 'limit.quota', field: 'library' });
    taken.add(place);
    added.push({ ...plain(passage), place });
  }
  await library.add(added);
};

export type Shelf = ReturnType<typeof openShelf>;
