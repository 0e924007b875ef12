import type { Deps, Identity } from '@twohop/api';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryRates } from './adapters/memory-rates.ts';
import { testApp } from './testing/test-app.ts';

const operator: Identity = { issuer: 'i', uid: 'op', anonymous: false, email: 'op@example.com', subject: null };
const plan = { requestsPerMinute: 1, concurrentRuns: 1, computeDayUs: 1, computeMonthUs: 1 };

/** Tokens: `op` is an admin, `ann` is not, and any other is the code of its refusal. */
const verify: Deps['identity']['verify'] = async (token) => {
  if (token === 'op') return operator;
  if (token === 'ann') return { ...operator, uid: 'ann', email: null };
  return { refused: token as 'auth.unavailable', retryAfterMs: 1_500 };
};

let app: FastifyInstance;
let limited: boolean;
beforeEach(async () => {
  limited = false;
  ({ app } = await testApp({
    ipRates: memoryRates(),
    deps: {
      identity: { verify },
      adminEmails: new Set(['op@example.com']),
      accounts: { account: async () => ({ plan: null, blocked: false }) } as unknown as Deps['accounts'],
      attestation: { check: async () => null },
      rates: { take: async () => (limited ? 30_000 : null) },
      policy: { plans: { free: plan }, defaultPlan: 'free', anonymousPlan: 'free' } as unknown as Deps['policy'],
      quota: {
        setKillSwitch: async (on: boolean) => {
          if (!on) throw new Error('a cause that is nobody’s business');
        },
      } as unknown as Deps['quota'],
    },
  }));
});
afterEach(() => app.close());

const post = (url: string, { headers, ...more }: InjectOptions = {}) =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', authorization: 'Bearer op', ...headers },
    payload: '{"on":true}',
    ...more,
  });

/** All that a client sees; what names this one request, or how long it took, is put aside. */
const seen = ({ statusCode, headers, body }: Awaited<ReturnType<typeof post>>) => {
  const { date: _date, 'x-request-id': id, 'content-length': length, 'transfer-encoding': _chunked, ...rest } = headers;
  const timings = String(rest['server-timing']).replaceAll(/dur=[\d.]+/g, 'dur');
  const whole = { statusCode, headers: { ...rest, 'server-timing': timings }, body: body.replaceAll(String(id), 'id') };
  return { whole, hasLength: length !== undefined };
};

const bearer = (token: string): InjectOptions => ({ headers: { authorization: `Bearer ${token}` } });

it.each<[string, number, InjectOptions]>([
  ['an answer', 200, {}],
  ['an answer for an extension', 200, { headers: { origin: 'chrome-extension://abcdefghijklmnopabcdefghijklmnop' } }],
  ['a charset in the type', 200, { headers: { 'content-type': 'application/json; charset=utf-8' } }],
  ['a refusal with a time to wait', 503, bearer('auth.unavailable')],
  ['a refused token', 401, bearer('auth.invalid')],
  ['no token', 401, { headers: { authorization: '' } }],
  ['another’s procedure', 403, bearer('ann')],
  ['no JSON', 400, { payload: '{"on":' }],
  ['an input that breaks the schema', 400, { payload: '{"on":1}' }],
  ['an unknown field', 400, { payload: '{"on":true,"off":1}' }],
  ['null', 400, { payload: 'null' }],
  ['an empty body', 400, { payload: '' }],
  ['a bug', 500, { payload: '{"on":false}' }],
])('%s is told as tRPC’s own adapter tells it', async (_name, status, request) => {
  const own = seen(await post('/trpc/admin.setKillSwitch', request));
  // What is not the bare address is the adapter's.
  const adapters = seen(await post('/trpc/admin.setKillSwitch?through=adapter', request));
  expect(own.whole).toEqual(adapters.whole);
  expect(own.whole.statusCode).toBe(status);
  expect([own.hasLength, adapters.hasLength]).toEqual([true, false]);
});

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers: { authorization: 'Bearer op', ...headers } });
const uid = `input=${encodeURIComponent('{"uid":"ä/+ b"}')}`;

it.each<[string, number, string, Record<string, string>]>([
  ['a read', 200, '/trpc/account.me', {}],
  ['a read with an input', 200, `/trpc/admin.account?${uid}`, {}],
  ['a read with a type', 200, '/trpc/account.me', { 'content-type': 'application/json' }],
  ['a refused token', 401, '/trpc/account.me', { authorization: 'Bearer auth.invalid' }],
  ['a refusal with a time to wait', 503, '/trpc/account.me', { authorization: 'Bearer auth.unavailable' }],
  ['another’s read', 403, `/trpc/admin.account?${uid}`, { authorization: 'Bearer ann' }],
  ['an input that breaks the schema', 400, '/trpc/admin.account?input=%7B%22uid%22:1%7D', {}],
  ['no input', 400, '/trpc/admin.account', {}],
])('%s is told as tRPC’s own adapter tells it: %d', async (_name, status, url, headers) => {
  const own = seen(await get(url, headers));
  const adapters = seen(await get(`${url}${url.includes('?') ? '&' : '?'}through=adapter`, headers));
  expect(own.whole).toEqual(adapters.whole);
  expect(own.whole.statusCode).toBe(status);
  expect([own.hasLength, adapters.hasLength]).toEqual([true, false]);
});

it('so is a rate that is used up', async () => {
  limited = true;
  const own = await post('/trpc/admin.setKillSwitch');
  expect(own.headers['retry-after']).toBe('30');
  expect(seen(own).whole).toEqual(seen(await post('/trpc/admin.setKillSwitch?through=adapter')).whole);
});

describe('the adapter answers', () => {
  it.each<[string, string, InjectOptions]>([
    ['a batch', '/trpc/admin.setKillSwitch?batch=1', { payload: '{"0":{"on":true}}' }],
    [
      'a stream',
      '/trpc/admin.setKillSwitch?batch=1',
      { payload: '{"0":{"on":true}}', headers: { 'trpc-accept': 'application/jsonl' } },
    ],
    ['a mutation whose answer comes in events', '/trpc/highlights.stream', {}],
    ['a batch of reads', '/trpc/account.me?batch=1&input=%7B%7D', { method: 'GET' }],
    ['an input whose spaces may be plus signs', `/trpc/admin.account?input=%7B%22uid%22:%22a+b%22%7D`, { method: 'GET' }],
    ['an input after something else', `/trpc/admin.account?x=1&${uid}`, { method: 'GET' }],
    ['an input that is not UTF-8', '/trpc/admin.account?input=%22%ff%22', { method: 'GET' }],
    ['a read that asks for a stream', '/trpc/account.me', { method: 'GET', headers: { 'trpc-accept': 'application/jsonl' } }],
    ['a read that is posted', '/trpc/account.me', {}],
    ['a mutation that is read', '/trpc/admin.setKillSwitch', { method: 'GET' }],
    ['an address that is written otherwise', '/trpc/admin%2EsetKillSwitch', {}],
    ['an unknown procedure', '/trpc/toString', {}],
  ])('%s', async (_name, url, request) => {
    expect(
      seen(await post(url, { ...request, ...(request.method === 'GET' && { payload: undefined as never }) })).hasLength,
    ).toBe(false);
  });
});
