import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { createTwohop, newTraceparent } from '@twohop/sdk';
import { type GoogleKeys, googleKeys, soundClaims } from '@twohop/tooling/google-keys';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flyThrough, leaked } from './canaries.ts';
import { clientOf, failureOf } from './client.ts';
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';
import { type Stack, startStack } from './stack.ts';

const secret = 'a-secret-of-at-least-thirty-two-characters';
const lines: string[] = [];
let google: GoogleKeys;
let collector: OtlpReceiver;
let stack: Stack;
beforeAll(async () => {
  google = await googleKeys();
  collector = await otlpReceiver();
  const production = { TWOHOP_ENV: 'production', FIREBASE_AUTH_EMULATOR_HOST: undefined, ML_KEY: secret, HASH_KEY: secret };
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' };
  stack = await startStack({
    parts: ['ml', 'server'],
    env: { ...google.env, ...production, ...traced, LOG_LEVEL: 'debug' },
    onLine: (_name, line) => lines.push(line),
  });
});
afterAll(async () => {
  await stack?.stop();
  await google?.close();
  collector?.close();
});

const token = (claims: object): Promise<string> =>
  google.token({ ...soundClaims(stack.projectId), sub: crypto.randomUUID(), ...claims });

const metrics = async (): Promise<string[]> => {
  const urls = [`${stack.urls.metrics}/metrics`, `${stack.urls.ml}/metrics`];
  return Promise.all(urls.map(async (url) => (await fetch(url)).text()));
};

it('the id of the request is that of the run and of its trace, in the reply and in the log of both hops', async () => {
  const idToken = await token({});
  const { receipt } = await clientOf(stack.urls.server, { idToken }).highlights.run.mutate({ text: 'A cat sleeps. It rains.' });
  const calls = () =>
    lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg, reqId }) => msg === 'call' && reqId === receipt.runId);
  const paths = () => calls().map(({ path }) => String(path));
  // The line of a call is written as its reply goes out.
  await expect.poll(() => paths().toSorted((a, b) => a.localeCompare(b))).toEqual(['/v1/highlights', 'highlights.run']);
  const atModel = calls().find(({ path }) => path === '/v1/highlights');
  expect(atModel).toMatchObject({ status: 200, traceId: receipt.runId.replaceAll('-', '') });
});

it('a run is one trace from its client through both hops, and whoever is not let in writes nothing into it', async () => {
  const traceparent = newTraceparent();
  const [, traceId, clientId = ''] = traceparent.split('-');
  const twohop = (idToken: string) =>
    createTwohop({ url: stack.urls.server, getToken: async () => idToken, getTraceparent: () => traceparent });
  const idToken = await token({});
  expect(await failureOf(twohop(`${idToken}x`).highlights.run.mutate({ text: 'A cat sleeps.' }))).toMatchObject({
    code: 'auth.invalid',
  });
  // One sentence: several go to several workers when these are free.
  const { receipt } = await twohop(idToken).highlights.run.mutate({ text: 'A dog barks.' });
  const spans = () => collector.spans().filter((span) => span.traceId === traceId);
  const nameOf = (id: string) => (id === clientId ? 'client' : spans().find(({ spanId }) => spanId === id)?.name);
  const shown = ({ service, name, parentId }: ReceivedSpan) => `${service}: ${nameOf(parentId)} > ${name}`;
  const steps = ['authenticate', 'attest', 'admit', 'reserve', 'model', 'settle'];
  await expect
    .poll(() => new Set(spans().map(shown)))
    .toEqual(
      new Set([
        'twohop-server: client > highlights.run',
        ...steps.map((step) => `twohop-server: highlights.run > ${step}`),
        'twohop-ml-service: model > POST /v1/highlights',
        'twohop-ml-service: POST /v1/highlights > queue',
        'twohop-ml-service: POST /v1/highlights > compute',
      ]),
    );
  expect(spans()).toHaveLength(10);
  const attributes = Object.assign({}, ...spans().map((span) => span.attributes)) as ReceivedSpan['attributes'];
  expect(attributes).toMatchObject({ 'twohop.request_id': receipt.runId, 'twohop.compute_us': receipt.computeUs });
  expect(attributes).toMatchObject({ 'twohop.batches': 1, 'twohop.batch_calls': 1 });
});

it('no secret of any header, address, body or failure is in a log, a metric, a trace or a reply', async () => {
  const nest = { url: stack.urls.server, ml: { url: stack.urls.ml, key: secret }, token };
  const { canaries, replies } = await flyThrough(nest);
  expect(canaries.length).toBeGreaterThan(40);
  const keys = [secret, 'Bearer '];
  // An unknown field is named to its sender, and marks are the sender's own text: both may be in that reply, and nowhere else.
  const own = ['canary-of-a-field', 'canary-of-a-mark'];
  const authorization = `Bearer ${await token({})}`;
  const post = (body: object) =>
    fetch(`${stack.urls.trpc}/highlights.run`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then((reply) => reply.text());
  expect(await post({ text: 'A sentence.', 'canary-of-a-field': 1 })).toContain('"field":"canary-of-a-field"');
  expect(await post({ text: 'A canary-of-a-mark sings.' })).toContain('canary-of-a-mark');
  // With the model gone, the failures of the hop itself.
  await stack.kill('ml');
  const down = await flyThroughServer();
  expect(leaked([...canaries, ...down.canaries], [...replies, ...down.replies])).toEqual([]);
  await stack.restart('ml');
  const reached = await clientOf(stack.urls.server, { idToken: await token({}) }).embeddings.run.mutate({ texts: ['The end.'] });
  const isExported = ({ attributes }: ReceivedSpan) => attributes['twohop.request_id'] === reached.receipt.runId;
  await expect.poll(() => collector.spans().filter(isExported)).toHaveLength(2);
  expect(collector.spans().length).toBeGreaterThan(100);
  const kept = [...lines, ...(await metrics()), ...collector.raw()];
  expect(leaked([...canaries, ...down.canaries], kept)).toEqual([]);
  for (const word of [...own, ...keys, authorization.slice(-20)]) expect(kept.join('\n')).not.toContain(word);
  expect(lines.length).toBeGreaterThan(30);
});

/** A run that reaches for a model that is not there. */
async function flyThroughServer() {
  const canary = { place: 'text of a run without a model', secret: `canary${crypto.randomUUID()}` };
  const reply = await fetch(`${stack.urls.trpc}/embeddings.run`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token({})}`, 'content-type': 'application/json' },
    body: JSON.stringify({ texts: [`The word ${canary.secret} is not answered.`] }),
  });
  expect(reply.status).toBe(503);
  return { canaries: [canary], replies: [await reply.text()] };
}

it('a server that logs what it gets, and echoes it, is found out in every place', async () => {
  const logged: string[] = [];
  const leaky = createServer((request, response) => {
    void readText(request).then((body) => {
      const { authorization = '' } = request.headers;
      const [, payload = ''] = authorization.split('.');
      logged.push(`${request.url} ${JSON.stringify(request.headers)} ${body} ${Buffer.from(payload, 'base64url').toString()}`);
      response.end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(leaky, 'listening');
  const url = `http://127.0.0.1:${(leaky.address() as AddressInfo).port}`;
  const { canaries, replies } = await flyThrough({ url, ml: { url, key: secret }, token });
  expect(leaked(canaries, logged)).toEqual(canaries.map(({ place }) => place));
  expect(leaked(canaries, replies).length).toBeGreaterThan(8);
  leaky.closeAllConnections();
  leaky.close();
});
