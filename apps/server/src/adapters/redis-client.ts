import { Redis } from 'ioredis';

export interface RedisClientOptions {
  readonly url: string;
  /** Of each command. */
  readonly timeoutMs: number;
  /** Lets go of a connection on which nothing has come for so long while something was waited for. */
  readonly hungAfterMs?: number;
}

/**
 * A connection that answers within `timeoutMs` or fails: nothing is queued while it is down, and nothing is sent again after
 * it, when nobody waits for it any more. It connects again by itself.
 */
export function redisClient({ url, timeoutMs, hungAfterMs }: RedisClientOptions): Redis {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 1,
    commandTimeout: timeoutMs,
    connectTimeout: 1_000,
    retryStrategy: () => 500,
    ...(hungAfterMs !== undefined && { socketTimeout: hungAfterMs }),
  });
  // ioredis throws without a listener; what matters of an outage is told by the calls that meet it.
  client.on('error', () => undefined);
  return client;
}
