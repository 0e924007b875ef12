import type { Asked, Found, Results, RunOutput } from '@twohop/api';

/** As long as a client may need to try again, or a reader to open the same page once more. */
export const KEPT_MS = 10 * 60_000;
/** Of one result, as JSON. 64 embeddings of 1,536 dimensions take half of it. */
export const LARGEST_BYTES = 4 * 1024 * 1024;
/** What an entry in this process's memory takes beside its JSON: its names and its places in the tables. Measured. */
export const ENTRY_BYTES = 1_000;

/** Whoever reads a stream's log reads it again before this is over. */
export const WATCHED_MS = 2_000;

/** Where the results of finished runs lie. */
export interface Shelf extends Omit<Results, 'keep'> {
  /** Resolves when it can be found, or when it cannot be kept. */
  put(asked: Asked, output: RunOutput): Promise<void>;
}

interface Flight {
  readonly asked: Asked;
  readonly output: Promise<RunOutput>;
}

/** Names that no two users share: a key is a UUID and an input a hash, so neither has a space and the owner is the rest. */
export const keyNameOf = ({ owner, key }: Asked): string => `${key} ${owner}`;
export const inputNameOf = ({ owner, input }: Asked): string => `${input} ${owner}`;

/**
 * In front of every shelf: the runs that are in flight in this process, so that the same call made twice is one run. Its
 * output is a promise of this process and can be on no shelf.
 */
export function singleFlight(shelf: Shelf): Results {
  const byKey = new Map<string, Flight>();
  const byInput = new Map<string, Flight>();
  const land = (flight: Flight) => {
    const key = keyNameOf(flight.asked);
    const input = inputNameOf(flight.asked);
    if (byKey.get(key) === flight) byKey.delete(key);
    if (byInput.get(input) === flight) byInput.delete(input);
  };
  return {
    ...shelf,
    keep: (asked, output) => {
      const flight = { asked, output };
      byKey.set(keyNameOf(asked), flight);
      byInput.set(inputNameOf(asked), flight);
      const shelve = async (value: RunOutput) => {
        // Its owner may have been forgotten meanwhile.
        if (byKey.get(keyNameOf(asked)) === flight) await shelf.put(asked, value);
      };
      // It stays here until it is there: in between it could be found nowhere. A failure is nobody's to keep.
      void output
        .then(shelve)
        .catch(() => undefined)
        .finally(() => land(flight));
    },
    find: async (asked) => {
      const own = byKey.get(keyNameOf(asked));
      if (own) return found('key', own);
      // Looked for first: it may land on the shelf while that is asked.
      const same = byInput.get(inputNameOf(asked));
      return (await shelf.find(asked)) ?? (same && found('input', same));
    },
    forget: async (owner) => {
      for (const flight of byKey.values()) if (flight.asked.owner === owner) land(flight);
      await shelf.forget(owner);
    },
  };
}

const found = (by: Found['by'], { asked, output }: Flight): Found => ({ by, input: asked.input, output });
