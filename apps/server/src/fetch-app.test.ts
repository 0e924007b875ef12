import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryRates } from './adapters/memory-rates.ts';
import { BODY_WITHIN_MS } from './call-gate.ts';
import { type FetchApp, fetchApp } from './fetch-app.ts';
import { testApp, testHop } from './testing/test-app.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const origin = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';

let app: FastifyInstance;
let handle: FetchApp;
let refused: string[];
let verified: () => number;

beforeEach(async () => {
  const perMinute = { ipRequestsPerMinute: 3 };
  ({ app } = await testApp({ ipRates: memoryRates(), ...perMinute }));
  const own = testHop({ ipRates: memoryRates(), ...perMinute });
  ({ refused, verified } = own);
  handle = fetchApp({ ...own.hop, log });
});
afterEach(() => app.close());

interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer<ArrayBuffer>;
}

const token = { authorization: 'Bearer a.b.c' };
const json = { ...token, 'content-type': 'application/json' };
const post = (body: string | Buffer<ArrayBuffer>, headers = {}): Ask => ({
  method: 'POST',
  body,
  headers: { ...json, ...headers },
});

async function byFetch(url: string, { method = 'GET', headers = {}, body }: Ask) {
  const request = new Request(`http://x${url}`, { method, headers: { ...headers }, ...(body !== undefined && { body }) });
  const reply = await handle(request, '192.0.2.1');
  return told(reply.status, Object.fromEntries(reply.headers), await reply.text());
}

async function byFastify(url: string, { method = 'GET', headers = {}, body }: Ask) {
  const payload = body === undefined ? {} : { payload: body };
  const reply = await app.inject({ method, url, headers: { ...headers }, remoteAddress: '192.0.2.1', ...payload });
  return told(reply.statusCode, reply.headers as Record<string, string>, reply.body);
}

/** All that a client sees, but for what names this one request or how its bytes are carried. */
function told(status: number, headers: Record<string, string | undefined>, body: string) {
  const id = String(headers['x-request-id']);
  const carried = [
    'date',
    'connection',
    'keep-alive',
    'content-length',
    'transfer-encoding',
    'content-type',
    'vary',
    'x-request-id',
  ];
  const own = Object.entries(headers).filter(([name]) => !carried.includes(name));
  const type = headers['content-type']?.split(';')[0];
  const vary = new Set((headers['vary'] ?? '').split(/,\s*/));
  const timeless = own.map(([name, value]) => [
    name,
    String(value)
      .replaceAll(/dur=[\d.]+/g, 'dur')
      .replaceAll(/,\s*/g, ','),
  ]);
  return { status, type, vary, headers: Object.fromEntries(timeless) as object, body: body.replaceAll(id, 'id') };
}

it.each<[string, number, string, Ask]>([
  ['alive', 200, '/healthz', {}],
  ['ready', 200, '/readyz', {}],
  ['a refused token', 401, '/trpc/account.me', { headers: token }],
  ['no token', 401, '/trpc/account.me', {}],
  ['a refusal that an allowed page reads', 401, '/trpc/account.me', { headers: { ...token, origin } }],
  ['a run', 401, '/trpc/highlights.run', post('{"text":"x"}')],
  ['a batch', 401, '/trpc/account.me,account.me?batch=1', { headers: token }],
  ['a batch of nine', 400, `/trpc/${Array.from({ length: 9 }, () => 'account.me').join(',')}?batch=1`, { headers: token }],
  ['nothing there', 404, '/metrics', {}],
  ['another method', 404, '/trpc/account.me', { method: 'DELETE' }],
  ['no procedure', 404, '/trpc/toString', { headers: token }],
  ['a long address to nowhere', 414, `/${'x'.repeat(5_000)}`, {}],
  ['an input with a prototype', 400, '/trpc/account.me?input={%22__proto__%22:1}', { headers: token }],
  ['two inputs', 400, '/trpc/account.quote?input=1&input=2', { headers: token }],
  ['a form', 415, '/trpc/highlights.run', post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })],
  ['gzip', 415, '/trpc/highlights.run', post('{}', { 'content-encoding': 'gzip' })],
  ['2 MiB and a byte', 413, '/trpc/highlights.run', post(`"${'x'.repeat(2 * 1024 * 1024 - 1)}"`)],
  ['a deep body', 400, '/trpc/highlights.run', post('['.repeat(33) + ']'.repeat(33))],
  ['no UTF-8', 400, '/trpc/highlights.run', post(Buffer.from([0x22, 0xff, 0x22]))],
])('%s is told as on Node', async (_name, status, url, ask) => {
  const own = await byFetch(url, ask);
  expect(own.status).toBe(status);
  expect(own).toEqual(await byFastify(url, ask));
});

it('400 for an address that cannot be read, as JSON', async () => {
  const own = await byFetch('/trpc/%ff', { headers: token });
  expect(own).toMatchObject({ status: 400, type: 'application/json', body: (await byFastify('/trpc/%ff', {})).body });
});

it('an address that asks too often is refused, before its token is looked at', async () => {
  const asked = Array.from({ length: 4 }, () => byFetch('/trpc/account.me', { headers: token }));
  const [first, , , fourth] = await Promise.all(asked);
  expect([first?.status, fourth?.status]).toEqual([401, 429]);
  expect(fourth?.headers).toMatchObject({ 'retry-after': '60' });
  expect([refused, verified()]).toEqual([['limit.ip'], 3]);
});

describe('a preflight', () => {
  const ask = (from: string) =>
    byFetch('/trpc/highlights.run', {
      method: 'OPTIONS',
      headers: { origin: from, 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' },
    });

  it('of an allowed page is answered, of another one without its name', async () => {
    const [ours, theirs] = [await ask(origin), await ask('https://evil.example')];
    expect(ours).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': origin, 'access-control-max-age': '7200' },
    });
    expect(theirs.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

it.each(['authorization', 'content-type', 'idempotency-key', 'origin', 'x-client-version'])('400 for two of %s', async (name) => {
  const headers = new Headers(token);
  for (const value of ['application/json', 'application/json']) headers.append(name, value);
  const reply = await handle(new Request('http://x/trpc/account.me', { headers }), '192.0.2.1');
  expect(reply.status).toBe(400);
  expect(await reply.text()).toContain(`${name}: must come once`);
  expect(verified()).toBe(0);
});

it('400 for an address that is none', async () => {
  const reply = await handle(new Request('http://x/trpc/account.me', { headers: token }), 'unknown');
  expect([reply.status, verified()]).toEqual([400, 0]);
});

describe('a body', () => {
  const streaming = (pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void) => {
    const body = new ReadableStream<Uint8Array>({ pull });
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers: json, body, duplex: 'half' };
    return handle(new Request('http://x/trpc/highlights.run', init), '192.0.2.1');
  };

  it('413 when it turns out too large, and the rest is not read', async () => {
    let sent = 0;
    const reply = await streaming((controller) => {
      sent += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    });
    expect(reply.status).toBe(413);
    expect(sent).toBeLessThan(3 * 1024 * 1024);
  });

  it('408 when it does not arrive', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const reply = streaming(() => undefined);
      await vi.advanceTimersByTimeAsync(BODY_WITHIN_MS);
      expect((await reply).status).toBe(408);
    } finally {
      vi.useRealTimers();
    }
  });

  it('499 when its client leaves', async () => {
    const reply = await streaming((controller) => controller.error(new Error('left')));
    expect([reply.status, refused]).toEqual([499, ['request.cancelled']]);
  });
});
