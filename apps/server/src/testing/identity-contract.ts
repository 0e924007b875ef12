import type { IdentityProvider, Log } from '@twohop/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestIssuer, testIssuer } from './test-issuer.ts';

export interface OpenOptions {
  readonly issuer: TestIssuer;
  readonly nowMs: () => number;
  readonly log: Log;
}

export interface Provider {
  /** A fresh adapter, which knows no key and no token yet. */
  readonly open: (options: OpenOptions) => IdentityProvider;
  /** What a sound token of this provider says; times in seconds. */
  readonly claims: (issuer: TestIssuer, nowSeconds: number) => Record<string, unknown>;
  /** What a disabled user is told: an issuer that only says yes or no cannot tell it from a revoked one. */
  readonly disabledIs: 'auth.blocked' | 'auth.revoked';
}

const HOUR_MS = 3_600_000;
const unavailable = { refused: 'auth.unavailable', retryAfterMs: 5_000 };

/** What an identity provider must do, whoever issues its tokens. Signatures, keys and endpoints are real. */
export function identityContract(name: string, provider: Provider): void {
  let issuer: TestIssuer;
  let identity: IdentityProvider;
  let nowMs: number;
  let warnings: number;
  const log: Log = { info: () => undefined, warn: () => (warnings += 1), error: () => undefined };

  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());
  beforeEach(() => {
    nowMs = Date.now();
    warnings = 0;
    issuer.keys = 'up';
    issuer.usersUp = true;
    for (const set of [issuer.disabled, issuer.deleted, issuer.sessionsFrom]) set.clear();
    Object.assign(issuer.asked, { keys: 0, users: 0 });
    identity = provider.open({ issuer, nowMs: () => nowMs, log });
  });

  const seconds = () => Math.floor(nowMs / 1000);
  const claims = (more: object = {}): Record<string, unknown> => ({ ...provider.claims(issuer, seconds()), ...more });
  const token = (more: object = {}) => issuer.sign(claims(more));
  const ann = (): unknown => expect.objectContaining({ uid: 'ann' });

  describe(`identity contract: ${name}`, () => {
    it('a sound token names issuer and uid', async () => {
      expect(await identity.verify(await token())).toMatchObject({ issuer: claims()['iss'], uid: 'ann', anonymous: false });
    });

    it('an e-mail counts when the issuer vouches for it', async () => {
      const email = 'Ann@Example.com';
      expect(await identity.verify(await token({ email, email_verified: true }))).toMatchObject({ email: 'ann@example.com' });
      for (const unsure of [false, 'true', undefined])
        expect(await identity.verify(await token({ email, email_verified: unsure }))).toMatchObject({ email: null });
    });

    it.each<[string, () => Promise<string> | string]>([
      ['signed by another key under a known name', () => issuer.forge(claims())],
      ['that does not say which key made it', () => issuer.sign(claims(), { kid: undefined as unknown as string })],
      ['signed by a key nobody knows', () => issuer.sign(claims(), { kid: 'unknown' })],
      ['unsigned', () => issuer.unsigned(claims())],
      ['an HMAC over the public key', () => issuer.confused(claims())],
      ['with its payload changed', async () => withPayload(await token(), claims({ sub: 'bob' }))],
      ['with its signature cut off', async () => (await token()).replace(/[^.]+$/, '')],
      ['another issuer’s', () => token({ iss: 'https://evil.example' })],
      ['for another audience', () => token({ aud: 'other' })],
      ['without an audience', () => token({ aud: undefined })],
      ['issued in the future', () => token({ iat: seconds() + 900 })],
      ['signed in in the future', () => token({ auth_time: seconds() + 900 })],
      ['of a sign-in at no time', () => token({ auth_time: 'yesterday' })],
      ['not valid yet', () => token({ nbf: seconds() + 900 })],
      ['without an issue time', () => token({ iat: undefined })],
      ['without an expiry', () => token({ exp: undefined })],
      ['with an expiry that is no number', () => token({ exp: '9999999999' })],
      ['without a subject', () => token({ sub: undefined })],
      ['with an empty subject', () => token({ sub: '' })],
      ['with a number for a subject', () => token({ sub: 7 })],
      ['with a control character in its subject', () => token({ sub: 'ann\0' })],
      ['with an endless subject', () => token({ sub: 'a'.repeat(256) })],
      ['expired and for another audience', () => token({ aud: 'other', iat: seconds() - 7_200, exp: seconds() - 3_600 })],
      ['a logout token', () => issuer.sign(claims(), { typ: 'logout+jwt' })],
      ['a proof of possession', () => issuer.sign(claims(), { typ: 'dpop+jwt' })],
      ['with an extension that must be understood', () => issuer.sign(claims(), { crit: ['x'], x: 1 }).catch(() => 'a.b.c')],
      ['of 9 kB', () => token({ padding: 'x'.repeat(9_000) })],
      ['no token at all', () => 'a.b.c'],
      ['empty', () => ''],
      ['an encrypted one', () => 'a.b.c.d.e'],
    ])('a token that is %s is refused in one word, and nobody is asked about its user', async (_what, make) => {
      expect(await identity.verify(await make())).toEqual({ refused: 'auth.invalid' });
      expect(issuer.asked.users).toBe(0);
    });

    it('an expiry is told, to the second; clocks that differ a little are forgiven elsewhere', async () => {
      const expired = { refused: 'auth.expired' };
      expect(await identity.verify(await token({ iat: seconds() - 3_600, exp: seconds() - 1 }))).toEqual(expired);
      expect(await identity.verify(await token({ iat: seconds() - 3_600, exp: seconds() - 3_000 }))).toEqual(expired);
      expect(await identity.verify(await token({ iat: seconds() + 30, nbf: seconds() + 30 }))).toEqual(ann());
    });

    describe('keys', () => {
      it('fifty tokens side by side fetch them once', async () => {
        const tokens = await Promise.all(Array.from({ length: 50 }, (_, index) => token({ sub: `user-${index}` })));
        const verdicts = await Promise.all(tokens.map((each) => identity.verify(each)));
        expect(verdicts.filter((verdict) => 'uid' in verdict)).toHaveLength(50);
        expect(issuer.asked.keys).toBe(1);
      });

      it.each(['down', 'empty', 'no JSON'] as const)('%s from the start: unavailable, told once, then as ever', async (state) => {
        issuer.keys = state;
        const sound = await token();
        const forged = await issuer.forge(claims());
        expect(await Promise.all([identity.verify(sound), identity.verify(forged)])).toEqual([unavailable, unavailable]);
        expect(await identity.verify(sound)).toEqual(unavailable);
        expect([issuer.asked.keys, warnings]).toEqual([1, 1]);
        issuer.keys = 'up';
        nowMs += 5_000;
        expect(await identity.verify(sound)).toEqual(ann());
        expect(await identity.verify(forged)).toEqual({ refused: 'auth.invalid' });
      });

      it('silent: unavailable within seconds', async () => {
        issuer.keys = 'silent';
        const startMs = performance.now();
        expect(await identity.verify(await token())).toEqual(unavailable);
        expect(performance.now() - startMs).toBeLessThan(4_500);
      });

      it('an outage of hours signs nobody out, new tokens included; one of a day is an outage', async () => {
        await identity.verify(await token());
        issuer.keys = 'down';
        nowMs += 12 * HOUR_MS;
        expect(await identity.verify(await token())).toEqual(ann());
        expect(await identity.verify(await issuer.forge(claims()))).toEqual({ refused: 'auth.invalid' });
        expect(issuer.asked.keys).toBe(2);
        nowMs += 12 * HOUR_MS;
        expect(await identity.verify(await token())).toEqual(unavailable);
      });

      it('a new one is taken at once, and one that was withdrawn ends', async () => {
        const old = await token();
        await identity.verify(old);
        nowMs += 10_000;
        await issuer.rotate();
        expect(await identity.verify(await token({ sub: 'bob' }))).toMatchObject({ uid: 'bob' });
        nowMs += 600_000;
        expect(await provider.open({ issuer, nowMs: () => nowMs, log }).verify(old)).toEqual({ refused: 'auth.invalid' });
      });

      it('one that is unknown during an outage may be new', async () => {
        await identity.verify(await token());
        issuer.keys = 'down';
        nowMs += 10_000;
        await issuer.rotate();
        expect(await identity.verify(await token())).toEqual(unavailable);
      });

      it('unknown names do not make the server ask again and again', async () => {
        for (let round = 0; round < 5; round++) await identity.verify(await issuer.sign(claims(), { kid: `unknown-${round}` }));
        expect(issuer.asked.keys).toBe(1);
      });
    });

    describe('a verified token', () => {
      it('is known by its hash: neither keys nor users are asked again', async () => {
        const sound = await token();
        await Promise.all(Array.from({ length: 50 }, () => identity.verify(sound)));
        issuer.keys = 'down';
        issuer.usersUp = false;
        expect(await identity.verify(sound)).toEqual(ann());
        expect(issuer.asked).toEqual({ keys: 1, users: 1 });
      });

      it('never outlives its expiry', async () => {
        const sound = await token({ exp: seconds() + 20 });
        expect(await identity.verify(sound)).toEqual(ann());
        nowMs = (seconds() + 20) * 1000 - 1;
        expect(await identity.verify(sound)).toEqual(ann());
        nowMs += 1;
        expect(await identity.verify(sound)).toEqual({ refused: 'auth.expired' });
      });
    });

    describe('a user', () => {
      const after = async (ms: number, sound: string) => {
        nowMs += ms;
        return identity.verify(sound);
      };

      it.each<[string, () => unknown, string]>([
        ['whose sessions are revoked', () => issuer.sessionsFrom.set('ann', seconds() + 1), 'auth.revoked'],
        ['who is deleted', () => issuer.deleted.add('ann'), 'auth.revoked'],
        ['who is disabled', () => issuer.disabled.add('ann'), provider.disabledIs],
      ])('%s is out within a minute, and stays out', async (_who, end, refused) => {
        const sound = await token();
        expect(await identity.verify(sound)).toEqual(ann());
        end();
        expect(await after(60_000, sound)).toEqual({ refused });
        expect(await after(29_000, sound)).toEqual({ refused });
        expect(issuer.asked.users).toBe(2);
        expect(await provider.open({ issuer, nowMs: () => nowMs, log }).verify(sound)).toEqual({ refused });
      });

      it('signs in anew after a revocation', async () => {
        issuer.sessionsFrom.set('ann', seconds() - 60);
        expect(await identity.verify(await token({ iat: seconds() - 90, auth_time: seconds() - 90 }))).toEqual({
          refused: 'auth.revoked',
        });
        expect(await identity.verify(await token())).toEqual(ann());
      });

      it('is asked about from half a minute on, while nobody waits', async () => {
        const sound = await token();
        await identity.verify(sound);
        expect(await after(29_999, sound)).toEqual(ann());
        expect(issuer.asked.users).toBe(1);
        issuer.disabled.add('ann');
        expect(await after(1, sound)).toEqual(ann());
        await expect.poll(() => identity.verify(sound)).toEqual({ refused: provider.disabledIs });
        expect(issuer.asked.users).toBe(2);
      });

      it('of whom nobody can tell is neither let in nor signed out, and back with the answer', async () => {
        const sound = await token();
        await identity.verify(sound);
        issuer.usersUp = false;
        expect(await after(59_999, sound)).toEqual(ann());
        expect(await after(1, sound)).toEqual(unavailable);
        expect(await identity.verify(await token({ sub: 'bob' }))).toEqual(unavailable);
        issuer.usersUp = true;
        expect(await after(1_000, sound)).toEqual(ann());
      });

      it('is asked about anew when the clock was set back', async () => {
        const sound = await token({ iat: seconds() - 100, auth_time: seconds() - 100 });
        await identity.verify(sound);
        issuer.deleted.add('ann');
        expect(await after(-90_000, sound)).toEqual({ refused: 'auth.revoked' });
      });
    });
  });
}

/** The same token with other claims in it. */
function withPayload(token: string, claims: object): string {
  const [header, , signature] = token.split('.');
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}
