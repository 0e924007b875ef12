import type { Asked, Results } from '@twohop/api';
import { LRUCache } from 'lru-cache';

const KEPT_MS = 10 * 60_000;
const KEPT_BYTES = 64 * 1024 * 1024;

interface Kept {
  readonly asked: Asked;
  readonly result: Promise<unknown>;
  readonly bytes: number;
}

/** Results in this process's memory: gone with it, which the ledger's 410 tells. */
export function memoryResults({ keptMs = KEPT_MS, keptBytes = KEPT_BYTES } = {}): Results {
  const byInput = new Map<string, string>();
  const running = new Map<string, Kept>();
  const finished = new LRUCache<string, Kept>({
    ttl: keptMs,
    maxSize: keptBytes,
    sizeCalculation: ({ bytes }) => bytes,
    dispose: ({ asked }) => drop(asked),
  });
  let currentModel: string | null = null;
  const drop = ({ key, input }: Asked) => {
    if (byInput.get(input) === key) byInput.delete(input);
  };
  const find = (key: string) => running.get(key) ?? finished.get(key);
  return {
    keep: (asked, result) => {
      running.set(asked.key, { asked, result, bytes: 0 });
      byInput.set(asked.input, asked.key);
      result
        .then((value) => {
          running.delete(asked.key);
          if (isSuccess(value)) finished.set(asked.key, { asked, result, bytes: JSON.stringify(value).length * 2 });
          else drop(asked);
        })
        .catch(() => {
          running.delete(asked.key);
          drop(asked);
        });
    },
    byKey: (key) => {
      const kept = find(key);
      return kept && { input: kept.asked.input, result: kept.result };
    },
    byInput: (input) => find(byInput.get(input) ?? '')?.result,
    modelIs: (model) => {
      if (currentModel === model) return;
      currentModel = model;
      // What is still running is being answered by the new model, and this may be the reply that told of it.
      for (const [input, key] of byInput) if (!running.has(key)) byInput.delete(input);
    },
    forget: (owner) => {
      for (const key of finished.keys()) if (key.startsWith(`${owner}|`)) finished.delete(key);
    },
  };
}

const isSuccess = (value: unknown): boolean => typeof value === 'object' && value !== null && 'ok' in value && value.ok === true;
