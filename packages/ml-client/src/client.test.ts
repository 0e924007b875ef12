import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { fetchAsk } from './fetch-ask.ts';
import { type call, clientOf, good, model, refusal, reply } from './testing/fixture-model.ts';
import { undiciAsk } from './undici-ask.ts';

describe.each([
  ['undici', undiciAsk],
  ['fetch', fetchAsk],
] as const)('by %s', (_name, by) => {
  const ask = (url: string, more?: Parameters<typeof call>[0]) => clientOf(url, { ask: by(url) })(more);

  it('sends key, run and deadline, and reads reply, compute and timings', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const { url } = await model((request, response) => {
      seen.push(request.headers);
      reply(good, { 'x-compute-us': '1234', 'server-timing': 'queue;dur=0.5, compute;dur=20' })(request, response);
    });
    expect(await ask(url)).toEqual({
      ok: true,
      body: good,
      computeUs: 1234,
      failedUs: 0,
      timings: { queue: 0.5, compute: 20 },
    });
    expect(seen[0]).toMatchObject({
      'x-api-key': 'secret',
      'x-request-id': 'run-1',
      'x-user-key': 'user-1',
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
    expect(await ask(url)).toMatchObject({
      ok: false,
      failure: { code: 'upstream.bad_response', dispatched: true, computeUs: 7 },
    });
  });

  it('a field that the contract does not know yet is no reason to refuse', async () => {
    const { url } = await model(reply({ ...good, language: 'en' }, { 'x-compute-us': '7' }));
    expect(await ask(url)).toMatchObject({ ok: true });
  });

  it.each([
    [400, refusal('input.invalid', 'text'), {}, { code: 'input.invalid', field: 'text' }],
    [503, refusal('upstream.cold'), { 'retry-after': '2' }, { code: 'upstream.cold', retryAfterMs: 2_000 }],
    // No retries have been earned yet, so nobody shall come back in silence.
    [503, 'no healthy upstream', { 'retry-after': '1' }, { code: 'capacity.overloaded', retryAfterMs: 10_000 }],
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

  it('reads no more than any reply has', async () => {
    let sent = 0;
    const closed = Promise.withResolvers<void>();
    const { url } = await model((_request, response) => {
      response.writeHead(200, { 'x-compute-us': '7' }).once('close', closed.resolve);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    });
    expect(await ask(url)).toMatchObject({ ok: false, failure: { code: 'upstream.bad_response', computeUs: 7 } });
    await closed.promise;
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('sends what opens the way to the model, and sends nothing without it', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const { url } = await model((request, response) => {
      seen.push(request.headers);
      reply(good)(request, response);
    });
    await clientOf(url, { ask: by(url), authorize: async () => ({ authorization: 'Bearer id-token' }) })();
    expect(seen[0]).toMatchObject({ authorization: 'Bearer id-token', 'x-api-key': 'secret' });
    const refused = await clientOf(url, { ask: by(url), authorize: () => Promise.reject(new Error('no token')) })();
    expect(refused).toMatchObject({ ok: false, failure: { code: 'upstream.bad_response', dispatched: false } });
    expect(seen).toHaveLength(1);
  });
});
