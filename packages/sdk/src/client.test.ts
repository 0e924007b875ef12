import { expect, it } from 'vitest';
import sdk from '../package.json' with { type: 'json' };
import { createTwohop } from './client.ts';
import type { Receipt } from './contract.ts';
import { TwohopError } from './error.ts';
import { newTraceparent } from './traceparent.ts';

interface Sent {
  readonly url: string;
  readonly headers: Headers;
}

const marks = { model: 'm', highlights: [], sentences: 0, receipt: {} };
const ok = (data: unknown) => Response.json({ result: { data } });
const refused = (code: string, http: number, more: object = {}) =>
  Response.json(
    { error: { message: code, code: -32_000, data: { httpStatus: http, twohop: { code, message: code, ...more } } } },
    { status: http },
  );

/** A client whose server gives the replies in turn. */
function client(replies: (Response | Error)[]) {
  const sent: Sent[] = [];
  const refreshes: boolean[] = [];
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: async ({ refresh }) => {
      refreshes.push(refresh);
      return refresh ? 'new' : 'old';
    },
    clientVersion: '1.2.3',
    fetch: async (input, init) => {
      sent.push({ url: new Request(input).url, headers: new Headers(init?.headers) });
      const reply = replies.shift();
      if (!reply) throw new Error('asked too often');
      if (reply instanceof Error) throw reply;
      return reply;
    },
  });
  return { twohop, sent, refreshes };
}
const failure = (call: Promise<unknown>): Promise<TwohopError> =>
  call.then(
    () => Promise.reject(new Error('expected a failure')),
    (error: unknown) => (error instanceof TwohopError ? error : Promise.reject(error as Error)),
  );

it('sends token, version and a key of its own with each mutation', async () => {
  const { twohop, sent } = client([ok(marks), ok(marks)]);
  await twohop.highlights.run.mutate({ text: 'a' });
  await twohop.highlights.run.mutate({ text: 'a' });
  expect(sent[0]?.url).toBe('http://127.0.0.1:1/trpc/highlights.run');
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer old');
  expect(sent[0]?.headers.get('x-client-version')).toBe('1.2.3');
  const [first, second] = sent.map(({ headers }) => headers.get('idempotency-key'));
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).not.toBe(first);
});

it('a caller that re-attaches brings its own key', async () => {
  const { twohop, sent } = client([ok(marks)]);
  await twohop.highlights.run.mutate({ text: 'a' }, { context: { idempotencyKey: 'mine' } });
  expect(sent[0]?.headers.get('idempotency-key')).toBe('mine');
});

it('refreshes an expired token once, with the same key', async () => {
  const { twohop, sent, refreshes } = client([refused('auth.expired', 401), ok(marks)]);
  await twohop.highlights.run.mutate({ text: 'a' });
  expect(refreshes).toEqual([false, true]);
  expect(sent[1]?.headers.get('authorization')).toBe('Bearer new');
  expect(sent[1]?.headers.get('idempotency-key')).toBe(sent[0]?.headers.get('idempotency-key'));
});

it('gives up when the new token is refused too', async () => {
  const { twohop, sent } = client([refused('auth.expired', 401), refused('auth.expired', 401)]);
  expect((await failure(twohop.account.me.query())).code).toBe('auth.expired');
  expect(sent).toHaveLength(2);
});

it('waits for a server that is busy, and tries at most three times', async () => {
  const busy = () => refused('capacity.overloaded', 503, { retryAfterMs: 1 });
  const { twohop, sent } = client([busy(), busy(), busy()]);
  expect((await failure(twohop.highlights.run.mutate({ text: 'a' }))).code).toBe('capacity.overloaded');
  expect(sent).toHaveLength(3);
});

it.each(['limit.rate', 'limit.concurrency', 'limit.ip'])('never waits in silence for %s: the caller shows it', async (code) => {
  const { twohop, sent } = client([refused(code, 429, { retryAfterMs: 1 })]);
  const error = await failure(twohop.highlights.run.mutate({ text: 'a' }));
  expect(error).toMatchObject({ code, retryAfterMs: 1 });
  expect(sent).toHaveLength(1);
});

it('tries once more after a failure of the model when the server has room for it, and never otherwise', async () => {
  const { twohop, sent } = client([refused('upstream.timeout', 504, { retryAfterMs: 0 }), ok(marks)]);
  await twohop.highlights.run.mutate({ text: 'a' });
  expect(sent).toHaveLength(2);
  const full = client([refused('upstream.timeout', 504)]);
  expect((await failure(full.twohop.highlights.run.mutate({ text: 'a' }))).code).toBe('upstream.timeout');
  expect(full.sent).toHaveLength(1);
});

it('tells what is wrong: field, reset and reference', async () => {
  const { twohop } = client([
    refused('limit.quota', 402, { field: 'text', resetsAt: '2026-01-01T00:00:00.000Z', reference: 'r' }),
  ]);
  const error = await failure(twohop.highlights.run.mutate({ text: 'a' }));
  expect(error).toMatchObject({ code: 'limit.quota', field: 'text', resetsAt: '2026-01-01T00:00:00.000Z', reference: 'r' });
});

it('a run whose result is gone is told with its receipt, and not tried again', async () => {
  const receipt = {
    runId: '0b7e9d1c-5a0e-4a3f-9d0e-2f4f2c1e7a55',
    computeUs: 1_000,
    priceMicroUsd: 40,
    priceAsOf: '2026-08-01',
    remainingUs: 24_000,
    resetsAt: '2026-01-16T00:00:00.000Z',
    cached: false,
  };
  const { twohop, sent } = client([refused('run.result_gone', 410, { reference: receipt.runId, receipt })]);
  const error = await failure(twohop.highlights.run.mutate({ text: 'a' }));
  expect(error).toMatchObject({ code: 'run.result_gone', reference: receipt.runId });
  expect(error.receipt satisfies Receipt | undefined).toEqual(receipt);
  expect(sent).toHaveLength(1);
});

it('no answer at all is told apart from an answer', async () => {
  const { twohop } = client([new TypeError('fetch failed')]);
  expect((await failure(twohop.account.me.query())).code).toBe('network.unreachable');
});

it('a proxy’s page is no answer of ours', async () => {
  const { twohop } = client([new Response('<html>', { status: 502 })]);
  expect((await failure(twohop.account.me.query())).code).toBe('network.unreachable');
});

it('a client that is too old is told so, and does not try again', async () => {
  const { twohop, sent } = client([refused('client.outdated', 426, { field: 'x-client-version' })]);
  const error = await failure(twohop.highlights.run.mutate({ text: 'a' }));
  expect(error).toMatchObject({ code: 'client.outdated', field: 'x-client-version', retryAfterMs: undefined });
  expect(sent).toHaveLength(1);
});

it('an outage of the sign-in is waited out with the same token', async () => {
  const { twohop, sent, refreshes } = client([refused('auth.unavailable', 503, { retryAfterMs: 1 }), ok(marks)]);
  await twohop.highlights.run.mutate({ text: 'a' });
  expect(refreshes).toEqual([false, false]);
  expect(sent).toHaveLength(2);
});

it('sends its own version where the client names none, and a new proof of the app with each attempt', async () => {
  const headers: Headers[] = [];
  const replies = [refused('auth.unavailable', 503, { retryAfterMs: 1 }), ok(marks)];
  let proofs = 0;
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: async () => 'token',
    getAppCheckToken: async () => `proof-${(proofs += 1)}`,
    fetch: async (_input, init) => {
      headers.push(new Headers(init?.headers));
      return replies[headers.length - 1] ?? Response.error();
    },
  });
  await twohop.highlights.run.mutate({ text: 'a' });
  expect(headers.map((sent) => sent.get('x-client-version'))).toEqual([sdk.version, sdk.version]);
  expect(headers.map((sent) => sent.get('x-firebase-appcheck'))).toEqual(['proof-1', 'proof-2']);
});

it('sends no authorization when nobody is signed in', async () => {
  const headers: Headers[] = [];
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: async () => null,
    fetch: async (_input, init) => {
      headers.push(new Headers(init?.headers));
      return ok({});
    },
  });
  await twohop.account.me.query();
  expect(headers[0]?.has('authorization')).toBe(false);
  expect(headers[0]?.has('x-firebase-appcheck')).toBe(false);
});

it('a cancel is a cancel, also while waiting for the next try', async () => {
  const controller = new AbortController();
  const { twohop, sent } = client([refused('capacity.overloaded', 503, { retryAfterMs: 5_000 })]);
  const call = failure(twohop.highlights.run.mutate({ text: 'a' }, { signal: controller.signal }));
  await expect.poll(() => sent.length).toBe(1);
  controller.abort();
  expect((await call).code).toBe('request.cancelled');
});

it('all attempts of an operation are below one trace context, and the next one has its own', async () => {
  const sent: (string | null)[] = [];
  const replies = [refused('auth.expired', 401), ok({}), ok({})];
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: async () => 'token',
    getTraceparent: newTraceparent,
    fetch: async (_input, init) => {
      sent.push(new Headers(init?.headers).get('traceparent'));
      return replies.shift() ?? new Response();
    },
  });
  await twohop.account.me.query();
  await twohop.account.me.query();
  expect(sent[0]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(sent[1]).toBe(sent[0]);
  expect(sent[2]).not.toBe(sent[0]);
});
