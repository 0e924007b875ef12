import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { failureOf } from './failure.ts';
import { retried, retryBudget } from './retry.ts';
import { clientOf, good, type Handler, model, refusal, reply } from './testing/fixture-model.ts';

const signal = new AbortController().signal;
const broken = { ok: false, failure: failureOf('upstream.bad_response', { computeUs: 0 }) } as const;

/** Calls of somebody who repeats whatever may be repeated, and the requests that they make. */
async function requestsOf(calls: number, failure: ReturnType<typeof failureOf>): Promise<number> {
  const budget = retryBudget();
  let requests = 0;
  const once = () =>
    retried<never>({ budget, attempts: 2, deadlineMs: 1_000, signal }, async () => {
      requests++;
      return { ok: false, failure };
    });
  for (let n = 0; n < calls; n++) {
    const answer = await once();
    const retryAfterMs = answer.ok ? null : answer.failure.retryAfterMs;
    if (retryAfterMs !== null && retryAfterMs < 5_000) {
      // The caller's own retry is a call like any other.
      n++;
      await once();
    }
  }
  return requests;
}

it.each(['upstream.bad_response', 'upstream.timeout', 'internal.bug', 'capacity.overloaded'] as const)(
  'when all fail with %s, the model sees at most 1.2 requests a call, with the retries of its callers',
  async (code) => {
    const requests = await requestsOf(1_000, failureOf(code, { computeUs: 0, retryAfterMs: 1_000 }));
    expect(requests).toBeLessThanOrEqual(1_200);
    expect(requests).toBeGreaterThanOrEqual(1_000);
  },
);

/** A client that has earned retries, in front of a model that fails once. */
async function failingOnce(first: Handler, attempts = 1) {
  let manner: Handler = reply(good, { 'x-compute-us': '5' });
  const { url, calls } = await model((request, response) => manner(request, response));
  const ask = clientOf(url, { attempts });
  for (let n = 0; n < 5; n++) await ask();
  const then = manner;
  manner = (request, response) => {
    manner = then;
    first(request, response);
  };
  return { ask, calls: () => calls() - 5 };
}

it('a failure that cost nothing is tried once more', async () => {
  const { ask, calls } = await failingOnce(reply(refusal('internal.bug'), { 'x-compute-us': '0' }, 500));
  expect(await ask()).toMatchObject({ ok: true, computeUs: 5, failedUs: 0 });
  expect(calls()).toBe(2);
});

it('one that cost something only if the hold covers two attempts; what it used is told apart', async () => {
  const failing = reply(refusal('internal.bug'), { 'x-compute-us': '9' }, 500);
  const once = await failingOnce(failing);
  expect(await once.ask()).toMatchObject({ ok: false, failure: { code: 'internal.bug', computeUs: 9, retryAfterMs: 0 } });
  expect(once.calls()).toBe(1);
  const twice = await failingOnce(failing, 2);
  expect(await twice.ask()).toMatchObject({ ok: true, computeUs: 5, failedUs: 9 });
  const silent = await failingOnce((request) => request.socket.destroy(), 2);
  expect(await silent.ask()).toMatchObject({ ok: true, computeUs: 5, failedUs: null });
});

it('never after the first byte of a reply', async () => {
  const cut: Handler = (_request, response) => {
    response.writeHead(200, { 'content-length': '100', 'x-compute-us': '0' });
    response.write('{"model":', () => response.destroy());
  };
  const { ask, calls } = await failingOnce(cut, 2);
  expect(await ask()).toMatchObject({ ok: false, failure: { code: 'upstream.bad_response' } });
  expect(calls()).toBe(1);
});

it('a second attempt has what is left of the deadline', async () => {
  const deadlines: number[] = [];
  const budget = retryBudget();
  for (let n = 0; n < 5; n++) budget.earn();
  await retried<never>({ budget, attempts: 1, deadlineMs: 1_000, signal }, async (deadlineMs) => {
    deadlines.push(deadlineMs);
    return { ok: false, failure: failureOf('upstream.cold', { dispatched: false }) };
  });
  expect(deadlines[0]).toBe(1_000);
  expect(deadlines[1]).toBeLessThanOrEqual(760);
});

it('without a budget nothing is tried again, and callers are told to stay away', async () => {
  const ask = (failure: Partial<ReturnType<typeof failureOf>>) =>
    retried({ budget: retryBudget(), attempts: 2, deadlineMs: 1_000, signal }, async () => ({
      ok: false,
      failure: { ...broken.failure, ...failure },
    }));
  expect(await ask({})).toMatchObject({ failure: { retryAfterMs: null } });
  expect(await ask({ code: 'capacity.overloaded', retryAfterMs: 1_000 })).toMatchObject({ failure: { retryAfterMs: 10_000 } });
});

it('a model that listens again a moment later loses no call', async () => {
  const server = createServer((request, response) => reply(good, { connection: 'close' })(request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = clientOf(`http://127.0.0.1:${port}`);
  for (let n = 0; n < 5; n++) await ask();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  const call = ask();
  server.listen(port, '127.0.0.1');
  expect(await call).toMatchObject({ ok: true });
  server.closeAllConnections();
  server.close();
});
