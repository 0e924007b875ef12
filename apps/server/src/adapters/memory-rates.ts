import type { Rates } from '@twohop/api';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Rates of this process. Several instances share a Redis instead. Budgets are never counted here. */
export function memoryRates(): Rates {
  const limiters = new Map<number, RateLimiterMemory>();
  const limiterOf = (perMinute: number) => {
    const limiter = limiters.get(perMinute) ?? new RateLimiterMemory({ points: perMinute, duration: 60 });
    limiters.set(perMinute, limiter);
    return limiter;
  };
  return {
    take: async (key, perMinute) => {
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
