import { StoreDown } from '@twohop/quota';
import type { UsedOnce } from '../identity/used-once.ts';
import { redisClient } from './redis-client.ts';

/** Shared by all instances, and outliving them. Without an answer in time it throws `StoreDown`. */
export function redisUsedOnce({ url, timeoutMs = 200 }: { url: string; timeoutMs?: number }): UsedOnce & { close(): void } {
  const client = redisClient({ url, timeoutMs });
  return {
    use: async (id, untilMs) => {
      try {
        return (await client.set(`twohop-used:${id}`, '1', 'PXAT', Math.ceil(untilMs), 'NX')) === 'OK';
      } catch (error) {
        throw new StoreDown('the store of used tokens did not answer', { cause: error });
      }
    },
    close: () => client.disconnect(),
  };
}
