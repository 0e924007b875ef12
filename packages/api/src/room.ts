/** What the model said of a run that has left: how long it waited there, and how long it was worked on. */
export interface Passage {
  /** Null: it did not say. */
  readonly queueMs: number | null;
  readonly computeMs: number | null;
  /** The model refused it for want of room, or let it run out of time. */
  readonly overloaded: boolean;
}

/** How many runs may be in the model at a time, learned from those that have left. */
export interface Room {
  /** At least 1; not always whole. */
  limit(): number;
  /** Told of each run that enters; the answer goes with it until it leaves. `inUse` counts it too. */
  entered(inUse: number): Entry;
  learn(entry: Entry, passage: Passage): void;
}

interface Entry {
  readonly number: number;
  readonly inUse: number;
}

/** Where it begins, before anything is known of the model. */
const START = 8;
/** When runs wait in the model for a larger share of their own work, too many are in it: nobody may take twice as long as alone. */
const LATE_SHARE = 0.2;
/** Waits below this are the machine's, not the queue's. */
const LATE_FLOOR_MS = 5;
const SHRINK = 0.85;
const SHRINK_OVERLOADED = 0.5;
/** After so many rounds of runs it is back at where the queue began, and then feels for more. */
const ROUNDS_BACK = 200;

/**
 * Fewer when the model's queue grows; then, as TCP's CUBIC does it (RFC 9438), soon back to just below that point, long near
 * it, and faster and faster beyond it: so it is seldom too many, and a model that grew is found. Several servers before one
 * model find their parts without knowing of each other.
 *
 * @param most runs at a time, however well it goes
 */
export function room(most: number): Room {
  let limit = Math.min(START, most);
  let entries = 0;
  /** Runs that entered before the last decrease tell of a load that is past. */
  let decreasedAt = 0;
  /** Null: never too many yet, so each run that leaves makes room for one more. */
  let top: { readonly limit: number; readonly shrink: number } | null = null;
  /** Rounds since the last decrease: one is as many runs as may be in the model. */
  let rounds = 0;
  const mean = { queueMs: 0, computeMs: 0 };

  const decrease = (shrink: number): void => {
    top = { limit, shrink };
    limit = Math.max(1, limit * shrink);
    decreasedAt = entries;
    rounds = 0;
    mean.queueMs = 0;
  };
  const grow = (): void => {
    rounds += 1 / limit;
    const grown = top ? top.limit * (1 + (1 - top.shrink) * (rounds / ROUNDS_BACK - 1) ** 3) : limit + 1;
    limit = Math.min(most, Math.max(limit, grown));
  };
  const isLate = ({ queueMs, computeMs }: Passage): boolean => {
    if (queueMs === null) return false;
    const weight = 1 / (limit + 1);
    mean.queueMs += weight * (queueMs - mean.queueMs);
    mean.computeMs += weight * ((computeMs ?? 0) - mean.computeMs);
    return mean.queueMs > Math.max(LATE_FLOOR_MS, LATE_SHARE * mean.computeMs);
  };
  return {
    limit: () => limit,
    entered: (inUse) => {
      entries += 1;
      return { number: entries, inUse };
    },
    learn: ({ number, inUse }, passage) => {
      if (number <= decreasedAt) return;
      if (passage.overloaded) return decrease(SHRINK_OVERLOADED);
      const late = isLate(passage);
      // A queue that stands while few of ours are in it is not made shorter by letting in fewer.
      if (late && inUse >= limit / 2) decrease(SHRINK);
      else if (!late && inUse >= limit - 1) grow();
    },
  };
}
