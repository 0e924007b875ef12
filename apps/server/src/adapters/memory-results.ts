import type { Asked, Results, RunOutput } from '@twohop/api';
import { LRUCache } from 'lru-cache';
import { memoryStreams } from './memory-streams.ts';
import { ENTRY_BYTES, inputNameOf, KEPT_MS, keyNameOf, LARGEST_BYTES, singleFlight } from './single-flight.ts';

const KEPT_BYTES = 64 * 1024 * 1024;

interface Kept {
  readonly asked: Asked;
  readonly model: string;
  /** The output as JSON: as a value it would take several times as much, and nobody knows how much. */
  readonly text: string;
}

const outputOf = ({ text }: Kept): Promise<RunOutput> => Promise.resolve(JSON.parse(text) as RunOutput);

/** Results in this process's memory: gone with it, which the ledger's 410 tells. */
export function memoryResults({ keptMs = KEPT_MS, keptBytes = KEPT_BYTES, largestBytes = LARGEST_BYTES } = {}): Results {
  const keyByInput = new Map<string, string>();
  const kept = new LRUCache<string, Kept>({
    ttl: keptMs,
    maxSize: keptBytes,
    maxEntrySize: largestBytes + ENTRY_BYTES,
    sizeCalculation: ({ text }) => Buffer.byteLength(text) + ENTRY_BYTES,
    dispose: ({ asked }, key) => {
      const input = inputNameOf(asked);
      if (keyByInput.get(input) === key) keyByInput.delete(input);
    },
  });
  let newestModel: string | null = null;
  const streams = memoryStreams({ keptMs, largestBytes });
  return singleFlight({
    ...streams,
    put: async (asked, output) => {
      const key = keyNameOf(asked);
      newestModel = output.model;
      kept.set(key, { asked, model: output.model, text: JSON.stringify(output) });
      if (kept.has(key)) keyByInput.set(inputNameOf(asked), key);
    },
    find: async (asked) => {
      const own = kept.get(keyNameOf(asked));
      if (own) return { by: 'key', input: own.asked.input, output: outputOf(own) };
      const same = kept.get(keyByInput.get(inputNameOf(asked)) ?? '');
      if (same?.model !== newestModel) return undefined;
      return same && { by: 'input', input: asked.input, output: outputOf(same) };
    },
    forget: async (owner) => {
      for (const [key, { asked }] of kept.entries()) if (asked.owner === owner) kept.delete(key);
      await streams.forget(owner);
    },
  });
}
