import type { Results, RunEvent } from '@twohop/api';
import { LRUCache } from 'lru-cache';
import { ENTRY_BYTES, KEPT_MS, keyNameOf, LARGEST_BYTES, WATCHED_MS } from './single-flight.ts';

const KEPT_BYTES = 32 * 1024 * 1024;

interface Log {
  readonly owner: string;
  readonly input: string;
  /** Each as JSON. */
  readonly events: readonly string[];
  readonly bytes: number;
}

/** Logs of streams in this process's memory. */
export function memoryStreams({ keptMs = KEPT_MS, largestBytes = LARGEST_BYTES } = {}): Pick<
  Results,
  'append' | 'eventsOf' | 'isWatched' | 'forget'
> {
  const logs = new LRUCache<string, Log>({
    ttl: keptMs,
    maxSize: KEPT_BYTES,
    maxEntrySize: largestBytes + ENTRY_BYTES,
    sizeCalculation: ({ bytes }) => bytes + ENTRY_BYTES,
  });
  const watched = new LRUCache<string, true>({ max: 10_000, ttl: WATCHED_MS });
  return {
    append: (asked, event) => {
      const key = keyNameOf(asked);
      const before = event.seq === 0 ? undefined : logs.get(key);
      // Of a log that was forgotten or has grown too large the rest is no use.
      if (!before && event.seq > 0) return;
      const text = JSON.stringify(event);
      const bytes = (before?.bytes ?? 0) + Buffer.byteLength(text);
      logs.set(key, { owner: asked.owner, input: asked.input, events: [...(before?.events ?? []), text], bytes });
    },
    eventsOf: async (asked, from) => {
      const key = keyNameOf(asked);
      watched.set(key, true);
      const log = logs.get(key);
      return log && { input: log.input, events: log.events.slice(from).map((text) => JSON.parse(text) as RunEvent) };
    },
    isWatched: async (asked) => watched.has(keyNameOf(asked)),
    forget: async (owner) => {
      for (const [key, log] of logs.entries()) if (log.owner === owner) logs.delete(key);
    },
  };
}
