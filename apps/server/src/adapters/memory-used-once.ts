import { StoreDown } from '@twohop/quota';
import type { UsedOnce } from '../identity/used-once.ts';

/** In this process's memory: for one instance, until it is started anew. Nothing is forgotten early to make room. */
export function memoryUsedOnce({ nowMs, max = 100_000 }: { nowMs: () => number; max?: number }): UsedOnce {
  const used = new Map<string, number>();
  const prune = () => {
    for (const [id, untilMs] of used) if (untilMs <= nowMs()) used.delete(id);
  };
  return {
    use: async (id, untilMs) => {
      if (used.size >= max) prune();
      if (used.size >= max) throw new StoreDown('too much to remember was used');
      if ((used.get(id) ?? 0) > nowMs()) return false;
      used.set(id, untilMs);
      return true;
    },
  };
}
