import type { Results } from '@twohop/api';
import { LRUCache } from 'lru-cache';

const KEPT_MS = 10 * 60_000;
const KEPT_BYTES = 64 * 1024 * 1024;

/** Results in this process's memory: gone with it, which the ledger's 410 tells. Failures are not kept. */
export function memoryResults(): Results {
  const running = new Map<string, Promise<unknown>>();
  const finished = new LRUCache<string, { readonly value: unknown }>({
    ttl: KEPT_MS,
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ value }) => JSON.stringify(value).length * 2,
  });
  return {
    keep: (runId, result) => {
      running.set(runId, result);
      result
        .then((value) => {
          if (succeeded(value)) finished.set(runId, { value });
        })
        .catch(() => undefined)
        .finally(() => running.delete(runId));
    },
    find: (runId) => {
      const kept = finished.get(runId);
      return running.get(runId) ?? (kept && Promise.resolve(kept.value));
    },
  };
}

const succeeded = (value: unknown): boolean => typeof value === 'object' && value !== null && 'ok' in value && value.ok === true;
