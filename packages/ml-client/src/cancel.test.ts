import { expect, it } from 'vitest';
import { clientOf, good, type Handler, model, refusal, reply } from './testing/fixture-model.ts';

const cancelled = (report: string): Handler => reply(refusal('request.cancelled'), { 'x-compute-us': report }, 499);

it('a cancel is told to the model by the run, and what ran comes back', async () => {
  const controller = new AbortController();
  const told: unknown[] = [];
  let answer = () => undefined as void;
  const { url } = await model(
    (request, response) => {
      answer = () => cancelled('1234')(request, response);
      controller.abort();
    },
    ({ url: path, headers }, response) => {
      told.push([path, headers['x-api-key']]);
      response.writeHead(204).end();
      answer();
    },
  );
  expect(await clientOf(url)({ signal: controller.signal })).toEqual({
    ok: false,
    failure: {
      code: 'request.cancelled',
      dispatched: true,
      computeUs: 1234,
      retryAfterMs: null,
      field: null,
      message: 'm',
    },
  });
  expect(told).toEqual([['/v1/runs/run-1', 'secret']]);
});

it('a run that ended just before the cancel is a good run', async () => {
  const controller = new AbortController();
  let answer = () => undefined as void;
  const { url } = await model(
    (request, response) => {
      answer = () => reply(good, { 'x-compute-us': '7' })(request, response);
      controller.abort();
    },
    (request, response) => {
      reply(refusal('request.not_found'), {}, 404)(request, response);
      answer();
    },
  );
  expect(await clientOf(url)({ signal: controller.signal })).toMatchObject({ ok: true, computeUs: 7 });
});

it.each<[string, Handler]>([
  ['does not know such a request', reply('{"detail":"Not Found"}', {}, 404)],
  ['refuses it', reply('', {}, 405)],
  ['sends it elsewhere', reply('', { location: 'http://127.0.0.1:1/' }, 307)],
  ['breaks', (request) => request.socket.destroy()],
])('a model that %s is cut off', async (_name, cancels) => {
  const controller = new AbortController();
  const closed = Promise.withResolvers<void>();
  const { url } = await model((request) => {
    request.socket.once('close', () => closed.resolve());
    controller.abort();
  }, cancels);
  expect(await clientOf(url)({ signal: controller.signal })).toMatchObject({
    ok: false,
    failure: { code: 'request.cancelled', dispatched: true, computeUs: null },
  });
  await closed.promise;
});

it('a report is waited for no longer than a batch takes', async () => {
  const controller = new AbortController();
  const { url } = await model(
    () => controller.abort(),
    (_request, response) => void response.writeHead(204).end(),
  );
  const reply = await clientOf(url, { reportMs: 50 })({ signal: controller.signal });
  expect(reply).toMatchObject({ ok: false, failure: { code: 'request.cancelled', computeUs: null } });
});

it('who has left before anything was sent has cost nothing', async () => {
  const { url, calls } = await model(reply(good));
  expect(await clientOf(url)({ signal: AbortSignal.abort() })).toMatchObject({
    ok: false,
    failure: { code: 'request.cancelled', dispatched: false },
  });
  expect(calls()).toBe(0);
});
