import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryRates } from './adapters/memory-rates.ts';
import { testApp } from './testing/test-app.ts';

let app: FastifyInstance;
let refused: string[];
let ready: boolean;
let verified: () => number;

const build = async (more: Partial<Parameters<typeof testApp>[0]> = {}) => {
  ({ app, refused, verified } = await testApp({ ipRates: memoryRates(), ready: async () => ready, ...more }));
};

beforeEach(async () => {
  ready = true;
  await build();
});
afterEach(() => app.close());

const json = { 'content-type': 'application/json' };
const run = (more: object = {}) =>
  app.inject({ method: 'POST', url: '/trpc/highlights.run', headers: json, payload: '{"text":"x"}', ...more });

describe('health', () => {
  it('200 alive and ready, and 503 while the ledger does not answer', async () => {
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    expect((await app.inject('/readyz')).statusCode).toBe(200);
    ready = false;
    expect((await app.inject('/readyz')).statusCode).toBe(503);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

describe('errors have one shape', () => {
  it('401 without a token', async () => {
    const reply = await run();
    expect(reply.statusCode).toBe(401);
    expect(reply.json()).toMatchObject({ error: { data: { httpStatus: 401, twohop: { code: 'auth.missing' } } } });
    expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('401 with a wrong token, in the same words for every reason', async () => {
    const reply = await run({ headers: { ...json, authorization: 'Bearer a.b.c' } });
    expect(reply.statusCode).toBe(401);
    expect(reply.json().error.data.twohop).toEqual({ code: 'auth.invalid', message: 'The token is not valid here.' });
    expect(reply.headers['server-timing']).toMatch(/^authenticate;dur=/);
  });

  it.each([
    ['Basic YTpi', 0],
    ['Bearer', 0],
    ['Bearer a b', 0],
    ['bearer a.b.c', 1],
  ])('the header "%s" is looked at %i times', async (authorization, times) => {
    await run({ headers: { ...json, authorization } });
    expect(verified()).toBe(times);
  });

  it.each([
    ['404 for an unknown address', { url: '/nope' }, 404, 'request.not_found'],
    ['404 for an unknown procedure', { url: '/trpc/nope.run' }, 404, 'request.not_found'],
    ['404 for a query asked as a mutation', { url: '/trpc/account.me' }, 404, 'request.not_found'],
    ['415 for a form', { headers: { 'content-type': 'multipart/form-data; boundary=x' } }, 415, 'request.media_type'],
    ['415 for plain text', { headers: { 'content-type': 'text/plain' } }, 415, 'request.media_type'],
    ['413 for more than 2 MiB', { payload: `{"text":"${'x'.repeat(2 * 1024 * 1024)}"}` }, 413, 'input.too_large'],
    ['400 for invalid UTF-8', { payload: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'input.invalid'],
  ])('%s', async (_name, request, status, code) => {
    const reply = await run(request);
    expect(reply.statusCode).toBe(status);
    expect(reply.json()).toMatchObject({ error: { data: { httpStatus: status, twohop: { code } } } });
  });

  it('the body is named when it is what is wrong', async () => {
    const reply = await run({ payload: Buffer.from([0x22, 0xff, 0x22]) });
    expect(reply.json().error.data.twohop).toEqual({
      code: 'input.invalid',
      field: 'body',
      message: 'body: must be valid UTF-8',
    });
    expect(refused).toEqual(['input.invalid']);
  });
});

describe('who is refused by the identity provider', () => {
  it.each([
    ['auth.invalid', 401, undefined],
    ['auth.expired', 401, undefined],
    ['auth.revoked', 401, undefined],
    ['auth.blocked', 403, undefined],
    ['auth.unavailable', 503, '5'],
  ] as const)('%s: %i', async (code, status, retryAfter) => {
    const retryAfterMs = retryAfter === undefined ? {} : { retryAfterMs: Number(retryAfter) * 1000 };
    await app.close();
    await build({ deps: { identity: { verify: async () => ({ refused: code, ...retryAfterMs }) } } });
    const reply = await run({ headers: { ...json, authorization: 'Bearer a.b.c' } });
    expect(reply.statusCode).toBe(status);
    expect(reply.headers['retry-after']).toBe(retryAfter);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.json().error.data.twohop.code).toBe(code);
  });
});

describe('before any token is read', () => {
  it.each([undefined, '0.9.0', '1.0.0, 1.0.0', 'x'])('426 for a client of version %s', async (version) => {
    await app.close();
    await build({ deps: { clientVersions: { oldest: [1], newest: null } } });
    const from = (more: object) => run({ headers: { ...json, authorization: 'Bearer a.b.c', ...more } });
    const reply = await from(version === undefined ? {} : { 'x-client-version': version });
    expect(reply.statusCode).toBe(426);
    expect(reply.headers['retry-after']).toBeUndefined();
    expect(reply.json().error.data).toMatchObject({
      httpStatus: 426,
      twohop: { code: 'client.outdated', field: 'x-client-version' },
    });
    expect(verified()).toBe(0);
    expect((await from({ 'x-client-version': '1.0.0' })).statusCode).toBe(401);
    expect(verified()).toBe(1);
  });

  it('429 over the address’s rate, with Retry-After', async () => {
    await app.close();
    await build({ ipRequestsPerMinute: 2 });
    const authorized = { headers: { ...json, authorization: 'Bearer a.b.c' } };
    await run(authorized);
    await run(authorized);
    const reply = await run(authorized);
    expect(reply.statusCode).toBe(429);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect(reply.json().error.data.twohop.code).toBe('limit.ip');
    expect(verified()).toBe(2);
  });

  it('an address in a header counts only when our own proxy wrote it', async () => {
    const from = (address: string) => run({ headers: { ...json, 'x-forwarded-for': address } });
    await app.close();
    await build({ ipRequestsPerMinute: 1 });
    expect((await from('192.0.2.1')).statusCode).toBe(401);
    expect((await from('192.0.2.2')).statusCode).toBe(429);
    await app.close();
    await build({ ipRequestsPerMinute: 1, trustProxy: ['127.0.0.1'] });
    expect((await from('192.0.2.1')).statusCode).toBe(401);
    expect((await from('192.0.2.2')).statusCode).toBe(401);
    expect((await from('192.0.2.2')).statusCode).toBe(429);
  });

  it('a batch of more than eight is refused whole', async () => {
    const paths = Array.from({ length: 9 }, () => 'account.me').join(',');
    const reply = await app.inject({ url: `/trpc/${paths}?batch=1`, headers: { authorization: 'Bearer a.b.c' } });
    expect(reply.statusCode).toBe(400);
    expect(verified()).toBe(0);
  });
});

describe('origins', () => {
  it('the extension’s own may read replies, another may not', async () => {
    const own = await app.inject({ method: 'OPTIONS', url: '/trpc/account.me', headers: preflight(ours) });
    expect(own.headers['access-control-allow-origin']).toBe(ours);
    expect(own.headers['access-control-allow-headers']).toMatch(
      /idempotency-key, traceparent, trpc-accept, x-client-version, x-firebase-appcheck/,
    );
    const other = await app.inject({ method: 'OPTIONS', url: '/trpc/account.me', headers: preflight(`${ours}x`) });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});

const ours = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';
const preflight = (origin: string) => ({ origin, 'access-control-request-method': 'POST' });
