import type { Rates } from '@twohop/api';
import { StoreDown } from '@twohop/quota';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { redisClient } from './redis-client.ts';

/** Rates that several instances share. */
export interface RedisRates extends Rates {
  close(): void;
}

/**
 * Redis or Valkey. Without an answer within `timeoutMs` it throws `StoreDown`: whoever spends is refused. There is no
 * fallback to counts of this process, which would multiply the limit by the number of instances.
 */
export function redisRates({ url, timeoutMs = 200 }: { url: string; timeoutMs?: number }): RedisRates {
  const client = redisClient({ url, timeoutMs });
  const limiters = new Map<number, RateLimiterRedis>();
  const limiterOf = (perMinute: number) => {
    const known = limiters.get(perMinute);
    if (known) return known;
    const limiter = new RateLimiterRedis({ storeClient: client, keyPrefix: 'twohop-rate', points: perMinute, duration: 60 });
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
        throw new StoreDown('the store of rates did not answer', { cause: refusal });
      }
    },
    close: () => client.disconnect(),
  };
}
