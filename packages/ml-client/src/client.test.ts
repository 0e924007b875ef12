import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { mlClient } from './client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const good = { model: 'm', sentences: 1, highlights: [{ text: 'a', start: 0, end: 1, score: 0.5 }] };
const reply =
  (body: unknown, headers: Record<string, string> = {}, status = 200): Handler =>
  (_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  };
const refusal = (code: string, field: string | null = null) => ({ error: { code, message: 'm', field, retryAfterMs: null } });

/** A model that answers as the test says, on a real socket. */
async function model(handler: Handler): Promise<{ url: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((request, response) => {
    calls++;
    handler(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: () => calls };
}

const call = (more: { deadlineMs?: number; signal?: AbortSignal } = {}) => ({
  runId: 'run-1',
  deadlineMs: 5_000,
  signal: new AbortController().signal,
  ...more,
});
const ask = (url: string, more?: Parameters<typeof call>[0]) =>
  mlClient({ url, key: 'secret' }).highlights({ text: 'a' }, call(more));

it('sends key, run and deadline, and reads reply, compute and timings', async () => {
  const seen: IncomingMessage['headers'][] = [];
  const { url } = await model((request, response) => {
    seen.push(request.headers);
    reply(good, { 'x-compute-us': '1234', 'server-timing': 'queue;dur=0.5, compute;dur=20' })(request, response);
  });
  expect(await ask(url)).toEqual({ ok: true, body: good, computeUs: 1234, timings: { queue: 0.5, compute: 20 } });
  expect(seen[0]).toMatchObject({
    'x-api-key': 'secret',
    'x-request-id': 'run-1',
    'x-deadline-ms': '5000',
    'content-type': 'application/json',
  });
});

it('charges wall time when the container reports nothing', async () => {
  const { url } = await model(reply(good));
  const result = await ask(url);
  expect(result.ok && result.computeUs).toBeGreaterThan(0);
});

it.each(['-1', '1.5', 'NaN', '', '1e9', '9999999999999999'])('a report of "%s" cannot be read', async (report) => {
  const { url } = await model(reply(good, { 'x-compute-us': report }));
  expect(await ask(url)).toMatchObject({ ok: true, computeUs: null });
});

it.each([
  ['a missing field', { ...good, sentences: undefined }],
  ['a wrong type', { ...good, sentences: '1' }],
  ['no JSON', '<html>'],
  ['an empty body', ''],
])('refuses a reply with %s', async (_name, body) => {
  const { url } = await model(reply(body, { 'x-compute-us': '7' }));
  expect(await ask(url)).toMatchObject({ ok: false, failure: { code: 'upstream.bad_response', dispatched: true, computeUs: 7 } });
});

it('a field that the contract does not know yet is no reason to refuse', async () => {
  const { url } = await model(reply({ ...good, language: 'en' }, { 'x-compute-us': '7' }));
  expect(await ask(url)).toMatchObject({ ok: true });
});

it.each([
  [400, refusal('input.invalid', 'text'), {}, { code: 'input.invalid', field: 'text' }],
  [503, refusal('upstream.cold'), { 'retry-after': '2' }, { code: 'upstream.cold', retryAfterMs: 2_000 }],
  [503, 'no healthy upstream', { 'retry-after': '1' }, { code: 'capacity.overloaded', retryAfterMs: 1_000 }],
  [500, '<html>', {}, { code: 'upstream.bad_response' }],
  [401, refusal('auth.invalid'), {}, { code: 'auth.invalid' }],
])('an error %i is told in the table’s words', async (status, body, headers, failure) => {
  const { url } = await model(reply(body, headers, status));
  expect(await ask(url)).toMatchObject({ ok: false, failure: { ...failure, dispatched: true } });
});

it('never follows a redirect: the key would go along', async () => {
  const elsewhere = await model(reply(good));
  const { url } = await model(reply('', { location: `${elsewhere.url}/v1/highlights` }, 307));
  expect(await ask(url)).toMatchObject({ ok: false, failure: { code: 'upstream.bad_response' } });
  expect(elsewhere.calls()).toBe(0);
});

it('stops at the deadline', async () => {
  const { url } = await model(() => undefined);
  expect(await ask(url, { deadlineMs: 50 })).toMatchObject({
    ok: false,
    failure: { code: 'upstream.timeout', dispatched: true },
  });
});

it('a cancel closes the model’s connection', async () => {
  const controller = new AbortController();
  const closed = Promise.withResolvers<void>();
  const { url } = await model((request) => {
    request.socket.once('close', () => closed.resolve());
    controller.abort();
  });
  expect(await ask(url, { signal: controller.signal })).toMatchObject({ ok: false, failure: { code: 'request.cancelled' } });
  await closed.promise;
});

it('a model that is not there has cost nothing', async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  free.close();
  await once(free, 'close');
  const cold = { code: 'upstream.cold', dispatched: false, retryAfterMs: 2_000 };
  expect(await ask(`http://127.0.0.1:${port}`)).toMatchObject({ ok: false, failure: cold });
});

it('a connection cut in the middle may have cost something', async () => {
  const { url } = await model((request) => request.socket.destroy());
  expect(await ask(url)).toMatchObject({ ok: false, failure: { code: 'upstream.bad_response', dispatched: true } });
});

it('opens the circuit after eight failures in a row, and then asks nothing of the model', async () => {
  const { url, calls } = await model(reply('', {}, 500));
  const client = mlClient({ url, key: 'secret' });
  for (let n = 0; n < 8; n++) await client.highlights({ text: 'a' }, call());
  expect(await client.highlights({ text: 'a' }, call())).toMatchObject({
    ok: false,
    failure: { code: 'upstream.circuit_open', dispatched: false, retryAfterMs: 5_000 },
  });
  expect(calls()).toBe(8);
});

it('neither a cold start nor a full queue opens the circuit', async () => {
  const { url, calls } = await model(reply(refusal('upstream.cold'), { 'retry-after': '1' }, 503));
  const client = mlClient({ url, key: 'secret' });
  for (let n = 0; n < 20; n++) await client.highlights({ text: 'a' }, call());
  expect(calls()).toBe(20);
});
