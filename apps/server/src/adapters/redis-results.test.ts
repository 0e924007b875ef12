import { createHash } from 'node:crypto';
import { StoreDown } from '@twohop/quota';
import { realServer, type RealServer } from '@twohop/quota/testing';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { asked, output } from '../testing/asked.ts';
import { resultsContract } from '../testing/results-contract.ts';
import { type RedisResults, redisResults, type RedisResultsOptions } from './redis-results.ts';

let redis: RealServer;
let client: Redis;
let opened: RedisResults[];
let warnings: object[];

beforeAll(async () => {
  redis = await realServer('redis');
  client = new Redis(redis.url);
}, 60_000);
afterAll(async () => {
  client.disconnect();
  await redis.stop();
});
beforeEach(async () => {
  opened = [];
  warnings = [];
  await client.flushall();
});
afterEach(() => {
  for (const results of opened) results.close();
});

const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
async function open(options: Partial<RedisResultsOptions> = {}): Promise<RedisResults> {
  const log = { warn: (entry: object) => void warnings.push(entry) };
  const results = await redisResults({ url: redis.url, hash, log, ...options });
  opened.push(results);
  return results;
}
const found = async (results: RedisResults, call = asked('k', 'i')) => (await results.find(call))?.output;

resultsContract('redis', async (options) => ({ results: await open(options), elsewhere: await open(options) }));

it('outlives the process that ran it', async () => {
  const before = await open();
  before.keep(asked('k', 'i'), Promise.resolve(output('text')));
  const after = await open();
  await expect.poll(() => found(after)).toEqual(output('text'));
  before.close();
  expect(await found(after, asked('other', 'i'))).toEqual(output('text'));
});

it('holds no name of a user, and nothing without an end', async () => {
  const results = await open();
  results.keep(asked('k', 'i', 'https://issuer|uid-of-ann'), Promise.resolve(output('text')));
  await expect.poll(() => client.dbsize()).toBe(4);
  const keys = await client.keys('*');
  const [ofOwner = ''] = keys.filter((key) => key.includes('of-owner'));
  const values = [...(await client.mget(keys)), ...(await client.zrange(ofOwner, 0, '-1'))];
  expect(JSON.stringify([keys, values])).toContain('text');
  expect(JSON.stringify([keys, values])).not.toMatch(/ann|issuer/);
  for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
});

it('what leads to a user’s results ends with them, also while new ones come', async () => {
  const results = await open();
  const ofOwner = `twohop-results:of-owner:${hash('iss|ann')}`;
  await client.zadd(ofOwner, Date.now() - 1_000, 'ended', Date.now() + 60_000, 'kept');
  results.keep(asked('k', 'i'), Promise.resolve(output('text')));
  const names = () => client.zrange(ofOwner, 0, '-1');
  await expect.poll(names).toHaveLength(3);
  expect(await names()).not.toContain('ended');
});

it('forgets all of a user, and drops what another process finishes later', async () => {
  const [results, elsewhere] = [await open(), await open()];
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof output>>();
  elsewhere.keep(asked('late', 'late'), promise);
  for (const name of ['a', 'b', 'c']) results.keep(asked(name, name), Promise.resolve(output(name)));
  await expect.poll(() => client.dbsize()).toBe(8);
  await results.forget('iss|ann');
  resolve(output('late'));
  await expect.poll(() => elsewhere.find(asked('late', 'late'))).toBeUndefined();
  const left = (await client.keys('*')).map((key) => key.replace(hash('iss|ann'), 'ann'));
  expect(left.toSorted()).toEqual(['twohop-results:forgotten:ann', 'twohop-results:newest-model']);
});

it('while Redis hangs nothing is found, soon and with one word in the log, and it recovers by itself', async () => {
  const results = await open();
  results.keep(asked('k', 'i'), Promise.resolve(output('text')));
  await expect.poll(() => client.dbsize()).toBe(4);
  await redis.tell('SIGSTOP');
  const startMs = performance.now();
  expect(await found(results)).toBeUndefined();
  expect(performance.now() - startMs).toBeLessThan(1_000);
  results.keep(asked('k2', 'i2'), Promise.resolve(output('text')));
  await expect(results.forget('iss|ann')).rejects.toThrow(StoreDown);
  expect(await found(results)).toBeUndefined();
  await redis.tell('SIGCONT');
  await expect.poll(() => found(results), { timeout: 5_000 }).toEqual(output('text'));
  expect(warnings).toHaveLength(1);
  expect(JSON.stringify(warnings)).not.toContain('runId');
});

it('starts without Redis, and a run in flight is found all the same', async () => {
  const results = await open({ url: 'redis://127.0.0.1:1' });
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof output>>();
  results.keep(asked('k', 'i'), promise);
  const waiting = [found(results), found(results, asked('other', 'i'))];
  resolve(output('text'));
  expect(await Promise.all(waiting)).toEqual([output('text'), output('text')]);
  await expect.poll(() => results.find(asked('k', 'i'))).toBeUndefined();
});
