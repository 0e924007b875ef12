import type { ServerResponse } from 'node:http';
import { beforeEach, expect, it, vi } from 'vitest';
import { clientOf, good, type Handler, model, refusal, reply } from './testing/fixture-model.ts';

const FAILURES_TO_OPEN = 8;
const broken = reply('', { 'x-compute-us': '1' }, 500);
const open = { ok: false, failure: { code: 'upstream.circuit_open', dispatched: false } };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  return () => vi.useRealTimers();
});
const waitFor = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** A model whose manner changes, and a client whose circuit it has opened. */
async function opened() {
  let manner: Handler = broken;
  const { url, calls } = await model((request, response) => manner(request, response));
  const ask = clientOf(url);
  for (let n = 0; n < FAILURES_TO_OPEN; n++) await ask();
  return { ask, calls, become: (handler: Handler) => void (manner = handler) };
}

it('opens after eight failures in a row, and then asks nothing of the model', async () => {
  const { ask, calls } = await opened();
  expect(await ask()).toMatchObject({ ...open, failure: { ...open.failure, retryAfterMs: 5_000 } });
  waitFor(4_999);
  expect(await ask()).toMatchObject(open);
  expect(calls()).toBe(FAILURES_TO_OPEN);
});

it('after the pause exactly one probe goes, whoever asks; it closes the circuit', async () => {
  const { ask, calls, become } = await opened();
  const probe = Promise.withResolvers<ServerResponse>();
  become((_request, response) => probe.resolve(response));
  waitFor(5_000);
  const first = ask();
  const response = await probe.promise;
  const others = await Promise.all(Array.from({ length: 50 }, () => ask()));
  for (const other of others) expect(other).toMatchObject(open);
  expect(calls()).toBe(FAILURES_TO_OPEN + 1);
  become(reply(good));
  reply(good)({} as never, response);
  expect(await first).toMatchObject({ ok: true });
  expect(await ask()).toMatchObject({ ok: true });
});

it('a probe that fails opens it again', async () => {
  const { ask, calls } = await opened();
  waitFor(5_000);
  expect(await ask()).toMatchObject({ failure: { code: 'upstream.bad_response' } });
  expect(await ask()).toMatchObject(open);
  expect(calls()).toBe(FAILURES_TO_OPEN + 1);
});

it('a probe that is cancelled has shown nothing: it stays open', async () => {
  const { ask, become } = await opened();
  const controller = new AbortController();
  become(() => controller.abort());
  waitFor(5_000);
  expect(await ask({ signal: controller.signal })).toMatchObject({ failure: { code: 'request.cancelled' } });
  expect(await ask()).toMatchObject(open);
});

it.each(['upstream.cold', 'capacity.overloaded'])('%s never opens it, and wipes out no failure', async (code) => {
  let manner: Handler = reply(refusal(code), { 'retry-after': '1', 'x-compute-us': '0' }, 503);
  const { url, calls } = await model((request, response) => manner(request, response));
  const ask = clientOf(url);
  for (let n = 0; n < 20; n++) await ask();
  expect(calls()).toBe(20);
  const nothingSaid = manner;
  for (let n = 0; n < FAILURES_TO_OPEN; n++) {
    manner = broken;
    await ask();
    manner = nothingSaid;
    if (n < FAILURES_TO_OPEN - 1) await ask();
  }
  expect(await ask()).toMatchObject(open);
});
