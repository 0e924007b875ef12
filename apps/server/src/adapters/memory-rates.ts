import type { Rates } from '@twohop/api';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** About 60 MB when all are in use. */
const MAX_KEYS = 100_000;

/**
 * Rates of this process. Several instances share a Redis instead. Budgets are never counted here.
 *
 * @param maxKeys beyond it the key that has been quiet the longest is forgotten: whoever makes up keys (every /64 of a large
 *   IPv6 block) gets a new minute for them, and no memory
 */
export function memoryRates(maxKeys = MAX_KEYS): Rates {
  const limiters = new Map<number, RateLimiterMemory>();
  const limiterOf = (perMinute: number) => {
    const limiter = limiters.get(perMinute) ?? new RateLimiterMemory({ points: perMinute, duration: 60 });
    limiters.set(perMinute, limiter);
    return limiter;
  };
  const recent = new LRUCache<string, number>({
    max: maxKeys,
    dispose: (perMinute, key, reason) => {
      if (reason === 'evict') void limiterOf(perMinute).delete(key);
    },
  });
  return {
    take: async (key, perMinute) => {
      recent.set(key, perMinute);
      try {
        await limiterOf(perMinute).consume(key);
        return null;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
        throw refusal;
      }
    },
  };
}
