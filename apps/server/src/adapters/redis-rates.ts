import type { Rates } from '@twohop/api';
import { StoreDown } from '@twohop/quota';
import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** Rates that several instances share. */
export interface RedisRates extends Rates {
  close(): void;
}

/**
 * Redis or Valkey. Without an answer within `timeoutMs` it throws `StoreDown`: whoever spends is refused. There is no
 * fallback to counts of this process, which would multiply the limit by the number of instances.
 */
export function redisRates({ url, timeoutMs = 200 }: { url: string; timeoutMs?: number }): RedisRates {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: timeoutMs,
    connectTimeout: 1_000,
    retryStrategy: () => 500,
  });
  // ioredis throws without a listener; what matters of an outage is told by the calls that meet it.
  client.on('error', () => undefined);
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
