import { type KeptRoom, keptRoom } from './kept-room.ts';
import { type Passage, room } from './room.ts';

/** Room for one run in the model. */
export interface Place {
  /** Null: it never got there. */
  leave(passage: Passage | null): void;
}

/** Decides whose run gets into the model. */
export interface Admission {
  /** Null: there is no room, and there will be none in a moment. */
  enter(owner: string): Promise<Place | null>;
  /** For metrics. */
  state(): { readonly limit: number; readonly inUse: number; readonly waiting: number };
}

export interface AdmissionOptions {
  /** Runs at a time, however well it goes. */
  readonly most?: number;
  readonly nowMs: () => number;
}

const MOST = 512;
/** A short crowd is let wait for this long; a longer one is told at once to come again. */
const WAIT_MS = 25;
/** For each place so many may wait: more could not get in within that time. */
const WAITING_A_PLACE = 4;

type Admit = (place: Place | null) => void;

interface Owner {
  inUse: number;
  /** Those of one owner get in by the order of asking. */
  readonly waiting: Admit[];
}

/**
 * Room that comes free goes to the user who has the least of it, so nobody gets more by asking more often. And since most do not
 * wait, some of it is kept free for those who come next, from whoever had more than their share, while others are turned away.
 */
export function admission({ most = MOST, nowMs }: AdmissionOptions): Admission {
  const owners = new Map<string, Owner>();
  const { limit, entered, learn } = room(most);
  let inUse = 0;
  let waiting = 0;
  const kept = keptRoom(limit, nowMs);
  const isOpen = (key: string): boolean => kept.isOpen(key, Math.floor(limit()) - inUse);

  const nextInLine = () => {
    if (waiting === 0 || inUse >= Math.floor(limit())) return undefined;
    const next = leastServed(owners, kept);
    return next && isOpen(next.key) ? next : undefined;
  };

  const place = (key: string, owner: Owner): Place => {
    inUse += 1;
    owner.inUse += 1;
    kept.took(key);
    const entry = entered(inUse);
    return {
      leave: (passage) => {
        inUse -= 1;
        owner.inUse -= 1;
        if (passage) learn(entry, passage);
        // Whoever waits is only looked for while somebody does.
        for (let next = nextInLine(); next; next = nextInLine()) {
          next.owner.waiting.shift()?.(place(next.key, next.owner));
        }
        forgetIdle(owners, key);
      },
    };
  };

  /** Ends with a place, or with null when the time is up. */
  const wait = (key: string, owner: Owner): Promise<Place | null> =>
    waitInLine(owner, (change) => (waiting += change)).finally(() => forgetIdle(owners, key));

  return {
    enter: async (key) => {
      const owner = owners.get(key) ?? { inUse: 0, waiting: [] };
      owners.set(key, owner);
      if (isOpen(key)) return place(key, owner);
      // What may wait is shared as well: one who asks a hundred times fills no more than a part of it.
      const share = Math.max(1, Math.ceil((WAITING_A_PLACE * limit()) / owners.size));
      const given = owner.waiting.length < share ? await wait(key, owner) : null;
      if (!given) kept.turnedAway(key);
      return given;
    },
    state: () => ({ limit: limit(), inUse, waiting }),
  };
}

/** Ends with a place, or with null when the time is up. */
function waitInLine({ waiting }: Owner, count: (change: 1 | -1) => void): Promise<Place | null> {
  return new Promise((resolve) => {
    const admit: Admit = (given) => {
      clearTimeout(patience);
      count(-1);
      resolve(given);
    };
    const patience = setTimeout(() => {
      waiting.splice(waiting.indexOf(admit), 1);
      admit(null);
    }, WAIT_MS);
    count(1);
    waiting.push(admit);
  });
}

function forgetIdle(owners: Map<string, Owner>, key: string): void {
  const owner = owners.get(key);
  if (owner?.inUse === 0 && owner.waiting.length === 0) owners.delete(key);
}

/** Of those who wait, the one with the least room; of several, the one who had the least of late, or came first. */
function leastServed(owners: ReadonlyMap<string, Owner>, kept: KeptRoom): { key: string; owner: Owner } | undefined {
  let least: { key: string; owner: Owner } | undefined;
  for (const [key, owner] of owners) {
    if (owner.waiting.length === 0) continue;
    const order = least ? owner.inUse - least.owner.inUse || kept.had(key) - kept.had(least.key) : -1;
    if (order < 0) least = { key, owner };
  }
  return least;
}
