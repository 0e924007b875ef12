import { once } from 'node:events';
import type { Asked, Found, Log, Results, RunEvent, RunOutput } from '@twohop/api';
import { StoreDown } from '@twohop/quota';
import type { Redis } from 'ioredis';
import { redisClient } from './redis-client.ts';
import { inputNameOf, KEPT_MS, keyNameOf, LARGEST_BYTES, type Shelf, singleFlight, WATCHED_MS } from './single-flight.ts';

/** Results that outlive the process, and that several instances share. */
export interface RedisResults extends Results {
  close(): void;
}

export interface RedisResultsOptions {
  readonly url: string;
  /** Keyed: what Redis holds names nobody. */
  readonly hash: (text: string) => string;
  readonly log: Pick<Log, 'warn'>;
  readonly keptMs?: number;
  /** Larger results are not kept. */
  readonly largestBytes?: number;
  /** Of each command. */
  readonly timeoutMs?: number;
}

/**
 * Redis or Valkey. It only saves work: while it doesn't answer nothing is kept and nothing is found, and runs go on. How many
 * bytes there are in all is for its own `maxmemory` to bound.
 */
export async function redisResults(options: RedisResultsOptions): Promise<RedisResults> {
  const { url, timeoutMs = 200 } = options;
  // A Redis that hangs is let go of, so that results which it doesn't take don't pile up in front of it.
  const client = redisClient({ url, timeoutMs, hungAfterMs: 5 * timeoutMs });
  // A retry right after a restart is what this is for: the first connection is waited for, but not for long.
  await once(client, 'ready', { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
  return { ...singleFlight(redisShelf(client, options)), close: () => client.disconnect() };
}

interface Kept {
  readonly input: string;
  readonly output: RunOutput;
}

/**
 * One result and what leads to it, at once. The set names all that is kept of an owner, each with the time of its end, so
 * that forgetting an owner needs no look at anybody else's. A result that comes after its owner was forgotten is dropped.
 */
const PUT = `
local result, input, ofOwner, forgotten, newestModel = unpack(KEYS)
local kept, keptMs, model = unpack(ARGV)
redis.call('SET', newestModel, model, 'PX', keptMs)
if kept == '' or redis.call('EXISTS', forgotten) == 1 then return end
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
local endsMs = nowMs + keptMs
redis.call('SET', result, kept, 'PX', keptMs)
redis.call('SET', input, result, 'PX', keptMs)
redis.call('ZREMRANGEBYSCORE', ofOwner, '-inf', nowMs)
redis.call('ZADD', ofOwner, endsMs, result, endsMs, input)
redis.call('PEXPIRE', ofOwner, keptMs)
`;

/**
 * The next event of a log, whose first begins it anew. One that is missing in between ends it: Redis was away, or its owner was
 * forgotten, and of half a log nobody could read on.
 */
const APPEND = `
local log, ofOwner, forgotten = unpack(KEYS)
local event, seq, keptMs, largestBytes = unpack(ARGV)
if redis.call('EXISTS', forgotten) == 1 then return end
if seq == '0' then redis.call('DEL', log) end
if redis.call('LLEN', log) ~= tonumber(seq) or #event > tonumber(largestBytes) then return end
redis.call('RPUSH', log, event)
redis.call('PEXPIRE', log, keptMs)
local time = redis.call('TIME')
redis.call('ZADD', ofOwner, time[1] * 1000 + keptMs, log)
redis.call('PEXPIRE', ofOwner, keptMs)
`;

const name = (...parts: string[]): string => ['twohop-results', ...parts].join(':');
const newestModelKey = name('newest-model');

function redisShelf(client: Redis, options: RedisResultsOptions): Shelf {
  const { hash, log, keptMs = KEPT_MS, largestBytes = LARGEST_BYTES } = options;
  const ofOwner = (owner: string) => name('of-owner', hash(owner));
  const forgotten = (owner: string) => name('forgotten', hash(owner));
  const logOf = (asked: Asked) => name('log', hash(keyNameOf(asked)));
  const watched = (asked: Asked) => name('watched', hash(keyNameOf(asked)));
  const ifUp = outageLog(log);
  return {
    put: async (asked, output) => {
      const kept = JSON.stringify({ input: asked.input, output } satisfies Kept);
      const value = Buffer.byteLength(kept) > largestBytes ? '' : kept;
      const own = [name('key', hash(keyNameOf(asked))), name('input', hash(inputNameOf(asked)))];
      const keys = [...own, ofOwner(asked.owner), forgotten(asked.owner), newestModelKey];
      await ifUp(() => client.eval(PUT, keys.length, ...keys, value, String(keptMs), output.model));
    },
    find: (asked) =>
      ifUp(async () => {
        const key = name('key', hash(keyNameOf(asked)));
        const [own, sameKey, newestModel] = await client.mget(key, name('input', hash(inputNameOf(asked))), newestModelKey);
        if (own) return found('key', own);
        const same = sameKey ? await client.get(sameKey) : null;
        return same === null ? undefined : found('input', same, newestModel);
      }),
    append: (asked, event) => {
      const keys = [logOf(asked), ofOwner(asked.owner), forgotten(asked.owner)];
      const entry = JSON.stringify({ input: asked.input, event } satisfies Logged);
      void ifUp(() => client.eval(APPEND, keys.length, ...keys, entry, String(event.seq), String(keptMs), String(largestBytes)));
    },
    eventsOf: (asked, from) =>
      ifUp(async () => {
        await client.set(watched(asked), '', 'PX', WATCHED_MS);
        const [first] = await client.lrange(logOf(asked), 0, 0);
        if (first === undefined) return undefined;
        const entries = await client.lrange(logOf(asked), from, -1);
        return { input: logged(first).input, events: entries.map((entry) => logged(entry).event) };
      }),
    isWatched: async (asked) => (await ifUp(() => client.exists(watched(asked)))) === 1,
    forget: async (owner) => {
      try {
        await client.set(forgotten(owner), '', 'PX', keptMs);
        await client.unlink(ofOwner(owner), ...(await client.zrange(ofOwner(owner), 0, '-1')));
      } catch (error) {
        throw new StoreDown('the store of results did not answer', { cause: error });
      }
    },
  };
}

interface Logged {
  readonly input: string;
  readonly event: RunEvent;
}

const logged = (entry: string): Logged => JSON.parse(entry) as Logged;

function found(by: Found['by'], value: string, newestModel?: string | null): Found | undefined {
  const { input, output } = JSON.parse(value) as Kept;
  if (newestModel !== undefined && output.model !== newestModel) return undefined;
  return { by, input, output: Promise.resolve(output) };
}

/** Undefined in place of a failure. Each outage is told once; its error would show what was being written. */
function outageLog(log: Pick<Log, 'warn'>) {
  let isDown = false;
  return async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      const answer = await ask();
      isDown = false;
      return answer;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!isDown) log.warn({ reason }, 'the store of results does not answer: nothing is kept, nothing is found');
      isDown = true;
      return undefined;
    }
  };
}
