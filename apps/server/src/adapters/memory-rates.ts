import { hash } from 'node:crypto';
import type { Rates } from '@twohop/api';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** About 100 MB when all are in use. */
const MAX_KEYS = 200_000;
/** What the keys share that come when so many are known. */
const CROWD_KEYS = 4_096;
const MINUTE_SECONDS = 60;
const MINUTE_MS = 60_000;

export interface MemoryRatesOptions {
  /** So many keys of the last minute have a count of their own. */
  readonly maxKeys?: number;
  readonly nowMs?: () => number;
}

/**
 * Rates of this process. Several instances share a Redis instead. Budgets are never counted here.
 *
 * Memory is bounded, and nobody gets past a limit by it: no count is forgotten before its minute is over. When somebody makes up
 * keys (every /64 of a large IPv6 block), those that are new share counts, and may be refused for what another one did.
 */
export function memoryRates({ maxKeys = MAX_KEYS, nowMs = () => performance.now() }: MemoryRatesOptions = {}): Rates {
  const limiters = new Map<number, RateLimiterMemory>();
  const limiterOf = (perMinute: number) => {
    const limiter = limiters.get(perMinute) ?? new RateLimiterMemory({ points: perMinute, duration: MINUTE_SECONDS });
    limiters.set(perMinute, limiter);
    return limiter;
  };
  const countedAs = counted(maxKeys, nowMs);
  return {
    take: async (key, perMinute) => {
      try {
        await limiterOf(perMinute).consume(countedAs(key));
        return null;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
        throw refusal;
      }
    },
  };
}

/** Under which key a key is counted: its own, unless too many are known. */
function counted(maxKeys: number, nowMs: () => number): (key: string) => string {
  // A limiter forgets a key a minute after its first request. Whoever came in this minute or the one before may be in it.
  let current = new Set<string>();
  let previous = new Set<string>();
  let turnsAtMs = nowMs() + MINUTE_MS;
  let crowdedUntilMs = -Infinity;
  const turn = () => {
    if (nowMs() < turnsAtMs) return;
    previous = nowMs() < turnsAtMs + MINUTE_MS ? current : new Set();
    current = new Set();
    turnsAtMs = nowMs() + MINUTE_MS;
  };
  return (key) => {
    turn();
    if (!current.has(key) && !previous.has(key)) {
      if (current.size + previous.size >= maxKeys) crowdedUntilMs = nowMs() + MINUTE_MS;
      // Who has been counted among others must not be new when there is room again.
      if (nowMs() < crowdedUntilMs) return crowdKeyOf(key);
    }
    current.add(key);
    return key;
  };
}

const crowdKeyOf = (key: string): string => `crowd:${Number.parseInt(hash('sha256', key).slice(0, 8), 16) % CROWD_KEYS}`;
