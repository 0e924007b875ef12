import { type GoogleKeys, googleKeys, OTHER_ISSUER, soundClaims } from '@twohop/tooling/google-keys';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stack, startStack } from './stack.ts';

const secret = 'a-secret-of-at-least-thirty-two-characters';
const production = { TWOHOP_ENV: 'production', FIREBASE_AUTH_EMULATOR_HOST: undefined, ML_KEY: secret, HASH_KEY: secret };
let google: GoogleKeys;
let stack: Stack;
beforeAll(async () => {
  google = await googleKeys();
  stack = await startStack({
    parts: ['server'],
    env: { ...google.env, ...production, ADMIN_EMAILS: 'root@example.com' },
  });
});
afterAll(async () => {
  await stack?.stop();
  await google?.close();
});

const claims = (more: object = {}) => ({ ...soundClaims(stack.projectId), ...more });
const headersOf = (token: string, more: Record<string, string> = {}) => ({ authorization: `Bearer ${token}`, ...more });
const ask = (token: string, more: Record<string, string> = {}) =>
  fetch(`${stack.urls.trpc}/account.me`, { headers: headersOf(token, more) });
const change = (procedure: string, headers: Record<string, string>, body: object = {}) =>
  fetch(`${stack.urls.trpc}/${procedure}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
const code = async (reply: Response) =>
  ((await reply.json()) as { error: { data: { twohop: { code: string } } } }).error.data.twohop.code;

describe('in production, without any emulator', () => {
  it('200 for a token that Google signed', async () => {
    const reply = await ask(await google.token(claims()));
    expect(await reply.json()).toMatchObject({ result: { data: { uid: 'ann', plan: 'free', anonymous: false } } });
  });

  it('401 for a forged one: the right words, another key', async () => {
    const reply = await ask(await google.token(claims(), 'forger'));
    expect(reply.status).toBe(401);
    expect(await code(reply)).toBe('auth.invalid');
  });

  it('401 for an unsigned one, such as the emulator makes', async () => {
    const reply = await ask(new UnsecuredJWT(claims()).encode());
    expect(reply.status).toBe(401);
    expect(await code(reply)).toBe('auth.invalid');
  });

  it.each<[string, object, string]>([
    ['an expired one', { exp: Math.floor(Date.now() / 1000) - 60 }, 'auth.expired'],
    ['another project’s', { aud: 'other' }, 'auth.invalid'],
    ['another issuer’s', { iss: 'https://evil.example' }, 'auth.invalid'],
    ['one of the future', { iat: Math.floor(Date.now() / 1000) + 900 }, 'auth.invalid'],
    ['one signed in in the future', { auth_time: Math.floor(Date.now() / 1000) + 900 }, 'auth.invalid'],
    ['one without an expiry', { exp: undefined }, 'auth.invalid'],
    ['one without a subject', { sub: undefined }, 'auth.invalid'],
    ['a tenant’s', { firebase: { sign_in_provider: 'password', identities: {}, tenant: 'other' } }, 'auth.invalid'],
  ])('401 for %s, though Google signed it', async (_name, more, expected) => {
    const reply = await ask(await google.token(claims(more)));
    expect(reply.status).toBe(401);
    expect(await code(reply)).toBe(expected);
  });
});

describe('a user whom the project no longer wants', () => {
  it.each([
    ['disabled', 403, 'auth.blocked'],
    ['revoked', 401, 'auth.revoked'],
    ['deleted', 401, 'auth.revoked'],
  ] as const)('%s: %i, with a token that Google signed', async (standing, status, expected) => {
    google.users.set(standing, standing);
    const reply = await ask(await google.token(claims({ sub: standing })));
    expect(reply.status).toBe(status);
    expect(await code(reply)).toBe(expected);
  });
});

describe('App Check', () => {
  const proof = () => {
    const now = Math.floor(Date.now() / 1000);
    const issuer = 'https://firebaseappcheck.googleapis.com/1234';
    const ofApp = { iss: issuer, aud: [`projects/${stack.projectId}`], sub: '1:1234:web:ab', jti: crypto.randomUUID() };
    return google.token({ ...ofApp, iat: now - 5, exp: now + 300 });
  };

  it('403 without it, and for a change that replays it', async () => {
    await stack.restart('server', { APP_CHECK: 'once' });
    const token = await google.token(claims());
    const bare = await ask(token);
    expect(bare.status).toBe(403);
    expect(await code(bare)).toBe('auth.forbidden');
    const headers = { 'x-firebase-appcheck': await proof() };
    expect((await ask(token, headers)).status).toBe(200);
    expect((await change('account.delete', headersOf(token, headers))).status).toBe(200);
    expect((await change('account.delete', headersOf(token, headers))).status).toBe(403);
    expect((await ask(token, headers)).status).toBe(200);
    await stack.restart('server');
  });
});

describe('another issuer, by settings alone', () => {
  it('its users are let in, Google’s are not, and who has the same uid is somebody else', async () => {
    const root = headersOf(await google.token(claims({ sub: 'root', email: 'root@example.com', email_verified: true })));
    expect((await change('admin.setAccount', root, { uid: 'ann', plan: null, blocked: true })).status).toBe(200);
    const ofGoogle = await google.token(claims());
    expect(await code(await ask(ofGoogle))).toBe('auth.blocked');

    await stack.restart('server', { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: OTHER_ISSUER, OIDC_AUDIENCE: 'my-app' });
    const ofOther = claims({ iss: OTHER_ISSUER, aud: 'my-app', firebase: undefined });
    const reply = await ask(await google.token(ofOther));
    expect(await reply.json()).toMatchObject({ result: { data: { uid: 'ann', plan: 'free', anonymous: false } } });
    for (const refused of [ofGoogle, await google.token(ofOther, 'forger'), new UnsecuredJWT(ofOther).encode()])
      expect(await code(await ask(refused))).toBe('auth.invalid');
    await stack.restart('server');
    expect(await code(await ask(ofGoogle))).toBe('auth.blocked');
  });
});

it('503, not a mass log-out, while Google’s keys cannot be had', async () => {
  const env = { ...google.env, ...production, HTTPS_PROXY: 'http://127.0.0.1:9', FIREBASE_PROJECT_ID: stack.projectId };
  const server = await startStack({ parts: ['server'], env });
  const headers = { authorization: `Bearer ${await google.token(claims())}` };
  const reply = await fetch(`${server.urls.trpc}/account.me`, { headers });
  expect(reply.status).toBe(503);
  expect(reply.headers.get('retry-after')).toBe('5');
  expect(await code(reply)).toBe('auth.unavailable');
  await server.stop();
});

it('an emulator in production: no start, and the setting is named', async () => {
  const env = { ...production, FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9099' };
  await expect(startStack({ parts: ['server'], env })).rejects.toThrow(/FIREBASE_AUTH_EMULATOR_HOST: accepts unsigned tokens/);
});

it('no account to look users up with: no start, and the setting is named; without the checks it starts', async () => {
  const env = { ...google.env, ...production, GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/account.json' };
  await expect(startStack({ parts: ['server'], env })).rejects.toThrow(/FIREBASE_USER_CHECKS: users cannot be looked up/);
  const server = await startStack({ parts: ['server'], env: { ...env, FIREBASE_USER_CHECKS: 'off' } });
  await server.stop();
});
