import { StoreDown } from '@twohop/quota';
import { realServer, type RealServer } from '@twohop/quota/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestIssuer, testIssuer } from '../testing/test-issuer.ts';
import { appCheck } from './app-check.ts';
import { memoryUsedOnce } from './memory-used-once.ts';
import { redisUsedOnce } from './redis-used-once.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const foreign = { refused: 'auth.forbidden' };

let issuer: TestIssuer;
let nowMs: number;
beforeAll(async () => {
  issuer = await testIssuer();
});
afterAll(() => issuer.close());
beforeEach(() => {
  nowMs = Date.now();
  issuer.keys = 'up';
});

const seconds = () => Math.floor(nowMs / 1000);
const token = (more: object = {}) => {
  const times = { iat: seconds() - 5, exp: seconds() + 300 };
  const aud = ['projects/1234', 'projects/my-project'];
  return issuer.sign({ iss: 'https://firebaseappcheck.googleapis.com/1234', aud, sub: '1:1234:web:ab', ...times, ...more });
};
const clock = () => nowMs;
const open = (usedOnce: Parameters<typeof appCheck>[0]['usedOnce'] = null) =>
  appCheck({ projectId: 'my-project', usedOnce, nowMs: clock, log, keysUrl: `${issuer.url}/keys` });

describe('an App Check token', () => {
  it('of this project is the app’s, and known by its hash', async () => {
    const attestation = open();
    const sound = await token();
    expect(await attestation.check(sound, true)).toBeNull();
    issuer.keys = 'down';
    expect(await attestation.check(sound, true)).toBeNull();
    nowMs = (seconds() + 301) * 1000;
    expect(await attestation.check(sound, false)).toEqual(foreign);
  });

  it.each<[string, () => Promise<string> | string | null]>([
    ['absent', () => null],
    ['empty', () => ''],
    ['nonsense', () => 'a.b.c'],
    ['another project’s', () => token({ aud: ['projects/1234', 'projects/other'] })],
    ['another issuer’s', () => token({ iss: 'https://evil.example/1234' })],
    ['an issuer’s with the same beginning', () => token({ iss: 'https://firebaseappcheck.googleapis.com/1234.evil.example' })],
    ['expired', () => token({ exp: seconds() - 1 })],
    ['of the future', () => token({ iat: seconds() + 900, exp: seconds() + 1_200 })],
    ['without an app', () => token({ sub: undefined })],
    ['forged', () => issuer.forge({ aud: 'projects/my-project' })],
    ['unsigned', () => issuer.unsigned({ aud: 'projects/my-project' })],
  ])('that is %s is refused', async (_what, make) => {
    expect(await open().check(await make(), false)).toEqual(foreign);
  });

  it('cannot be judged while Google’s keys cannot be had', async () => {
    issuer.keys = 'down';
    expect(await open().check(await token(), false)).toEqual({ refused: 'auth.unavailable', retryAfterMs: 5_000 });
  });
});

describe.each(['memory', 'redis'] as const)('used once, in %s', (kind) => {
  let redis: RealServer;
  const letGo: (() => void)[] = [];
  beforeAll(async () => {
    if (kind === 'redis') redis = await realServer('redis');
  });
  afterAll(async () => {
    for (const close of letGo) close();
    await redis?.stop();
  });
  const store = async () => {
    if (kind === 'memory') return memoryUsedOnce({ nowMs: clock });
    const used = redisUsedOnce({ url: redis.url, timeoutMs: 5_000 });
    letGo.push(used.close);
    await expect.poll(() => used.use(crypto.randomUUID(), nowMs + 1_000).catch(() => 'not connected yet')).toBe(true);
    return used;
  };

  it('of calls side by side one counts; what only reads may repeat', async () => {
    const attestation = open(await store());
    const sound = await token({ jti: crypto.randomUUID() });
    expect(await attestation.check(sound, false)).toBeNull();
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => attestation.check(sound, true)));
    expect(verdicts.filter((verdict) => verdict === null)).toHaveLength(1);
    expect(await attestation.check(sound, true)).toEqual(foreign);
    expect(await attestation.check(sound, false)).toBeNull();
    expect(await attestation.check(await token({ jti: crypto.randomUUID() }), true)).toBeNull();
  });

  it('tokens of one id count as one', async () => {
    const attestation = open(await store());
    const jti = crypto.randomUUID();
    expect(await attestation.check(await token({ jti }), true)).toBeNull();
    expect(await attestation.check(await token({ jti, iat: seconds() - 4 }), true)).toEqual(foreign);
  });

  it.each([{ jti: crypto.randomUUID() }, { nonce: crypto.randomUUID() }])('so do the spellings of one token', async (more) => {
    const attestation = open(await store());
    const sound = await token(more);
    const spellings = respelled(sound);
    expect(await attestation.check(sound, true)).toBeNull();
    for (const spelling of spellings) expect(await attestation.check(spelling, true)).toEqual(foreign);
  });
});

/** 256 bytes leave four bits of the last letter unused. */
function respelled(token: string): string[] {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = letters.indexOf(token.at(-1) ?? '');
  const spellings = Array.from({ length: 16 }, (_, index) => letters[(last & 0b110000) | index]);
  return spellings.map((letter) => token.slice(0, -1) + letter).filter((spelling) => spelling !== token);
}

describe('what was used', () => {
  it('is not forgotten to make room: then nobody is let in', async () => {
    const used = memoryUsedOnce({ nowMs: clock, max: 2 });
    expect(await used.use('a', nowMs + 1_000)).toBe(true);
    expect(await used.use('b', nowMs + 2_000)).toBe(true);
    await expect(used.use('c', nowMs + 2_000)).rejects.toThrow(StoreDown);
    nowMs += 1_000;
    expect(await used.use('c', nowMs + 2_000)).toBe(true);
    await expect(used.use('b', nowMs + 2_000)).rejects.toThrow(StoreDown);
  });

  it('is nobody’s to tell while Redis is down', async () => {
    const used = redisUsedOnce({ url: 'redis://127.0.0.1:1' });
    await expect(used.use('a', nowMs + 1_000)).rejects.toThrow(StoreDown);
    used.close();
  });
});
