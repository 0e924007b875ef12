import { type RecentUse, recentUse } from './recent-use.ts';
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
  readonly nowMs?: () => number;
}

const MOST = 512;
/** A short crowd is let wait for this long; a longer one is told at once to come again. */
const WAIT_MS = 40;
/** So long after somebody was turned away, some room is kept from whoever had more of it than most. */
const PRESSED_MS = 10_000;
/** This part of the places is kept, and at least one. */
const KEPT_SHARE = 0.25;
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
export function admission({ most = MOST, nowMs = () => performance.now() }: AdmissionOptions = {}): Admission {
  const owners = new Map<string, Owner>();
  const { limit, entered, learn } = room(most);
  let inUse = 0;
  let waiting = 0;
  let pressedUntilMs = -Infinity;
  const recent = recentUse(nowMs);
  const isGreedy = (key: string): boolean => recent.of(key) > recent.mean();
  const mayEnter = (key: string): boolean => {
    const free = Math.floor(limit()) - inUse;
    const isKept = nowMs() < pressedUntilMs && free <= Math.max(1, KEPT_SHARE * limit()) && isGreedy(key);
    return free > 0 && !isKept;
  };
  const turnedAway = (key: string): null => {
    if (!isGreedy(key)) pressedUntilMs = nowMs() + PRESSED_MS;
    return null;
  };

  const nextInLine = () => {
    if (waiting === 0 || inUse >= Math.floor(limit())) return undefined;
    const next = leastServed(owners, recent);
    return next && mayEnter(next.key) ? next : undefined;
  };

  const place = (key: string, owner: Owner): Place => {
    inUse += 1;
    owner.inUse += 1;
    recent.took(key);
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
    new Promise((resolve) => {
      const admit: Admit = (given) => {
        clearTimeout(patience);
        waiting -= 1;
        resolve(given);
      };
      const patience = setTimeout(() => {
        owner.waiting.splice(owner.waiting.indexOf(admit), 1);
        admit(turnedAway(key));
        forgetIdle(owners, key);
      }, WAIT_MS);
      waiting += 1;
      owner.waiting.push(admit);
    });

  return {
    enter: async (key) => {
      const owner = owners.get(key) ?? { inUse: 0, waiting: [] };
      owners.set(key, owner);
      if (mayEnter(key)) return place(key, owner);
      // What may wait is shared as well: one who asks a hundred times fills no more than a part of it.
      const share = Math.max(1, Math.ceil((WAITING_A_PLACE * limit()) / owners.size));
      return owner.waiting.length < share ? wait(key, owner) : turnedAway(key);
    },
    state: () => ({ limit: limit(), inUse, waiting }),
  };
}

function forgetIdle(owners: Map<string, Owner>, key: string): void {
  const owner = owners.get(key);
  if (owner?.inUse === 0 && owner.waiting.length === 0) owners.delete(key);
}

/** Of those who wait, the one with the least room; of several, the one who had the least of late, or came first. */
function leastServed(owners: ReadonlyMap<string, Owner>, recent: RecentUse): { key: string; owner: Owner } | undefined {
  let least: { key: string; owner: Owner } | undefined;
  for (const [key, owner] of owners) {
    if (owner.waiting.length === 0) continue;
    const order = least ? owner.inUse - least.owner.inUse || recent.of(key) - recent.of(least.key) : -1;
    if (order < 0) least = { key, owner };
  }
  return least;
}
