import { join } from 'node:path';
import { createTwohop, streamHighlights } from '@twohop/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Balancer, balancer } from './balancer.ts';
import { configPath, failureOf, post } from './client.ts';
import { type Stack, startStack } from './stack.ts';

const SERVERS = 3;
const LANES = 6;

let stacks: Stack[];
let front: Balancer;
let token: string;
let headers: { authorization: string };
beforeAll(async () => {
  const env = { TWOHOP_CONFIG: configPath('wide'), DRAIN_SECONDS: '1' };
  const first = await startStack({ env });
  const shared = {
    ...env,
    FIREBASE_AUTH_EMULATOR_HOST: new URL(first.urls.auth).host,
    FIREBASE_PROJECT_ID: first.projectId,
    ML_URL: first.urls.ml,
    ML_KEY: first.mlKey,
    LEDGER_URL: `sqlite:${join(first.directory, 'ledger.db')}`,
  };
  const others = Array.from({ length: SERVERS - 1 }, () => startStack({ parts: ['server'], env: shared }));
  stacks = [first, ...(await Promise.all(others))];
  front = await balancer(stacks.map(({ urls }) => urls.server));
  token = (await first.signUp()).idToken;
  headers = { authorization: `Bearer ${token}` };
});
afterAll(async () => {
  front?.close();
  for (const stack of (stacks ?? []).toReversed()) await stack.stop();
});

let texts = 0;
const ask = async (url: string): Promise<string> => {
  const reply = await post(url, JSON.stringify({ text: `Text ${++texts} is like no other. It has two sentences.` }), headers);
  const body = await reply.text();
  return reply.status === 200 || reply.status === 503 ? String(reply.status) : `${reply.status} ${body}`;
};

it('a server that is told to end says so, serves who is here, and exits with 0', async () => {
  const [, stack] = stacks;
  if (!stack) throw new Error('there are three');
  const { server } = stack.urls;
  const long = 'Every sentence of this page says something else about the sea. '.repeat(300);
  const running = post(server, JSON.stringify({ text: long }), headers);
  stack.process('server').signal('SIGTERM');
  await expect.poll(async () => (await fetch(`${server}/readyz`)).status).toBe(503);
  const alive = await fetch(`${server}/healthz`);
  expect([alive.status, alive.headers.get('connection')]).toEqual([200, 'close']);
  expect(await ask(server)).toBe('200');
  expect((await running).status).toBe(200);
  expect(await stack.process('server').ended).toMatchObject({ code: 0 });
  await expect(fetch(`${server}/healthz`)).rejects.toThrow('fetch failed');
  await stack.restart('server');
});

it('a stream that would outlast the grace is told to come again before the end', async () => {
  const [{ process }, stack] = stacks as [Stack, Stack];
  await stack.restart('server', { DRAIN_SECONDS: '0', GRACE_SECONDS: '4' });
  const twohop = createTwohop({ url: stack.urls.server, getToken: async () => token });
  process('ml').signal('SIGSTOP');
  const seen: string[] = [];
  const read = async () => {
    for await (const event of streamHighlights(twohop, { text: 'A page that waits for the model.' })) {
      seen.push(event.type);
      stack.process('server').signal('SIGTERM');
    }
  };
  const error = await failureOf(read()).finally(() => process('ml').signal('SIGCONT'));
  expect(seen).toEqual(['start']);
  expect([error.code, error.retryAfterMs]).toEqual(['capacity.overloaded', 1_000]);
  expect(await stack.process('server').ended).toMatchObject({ code: 0 });
  await stack.restart('server');
});

it('three servers restarted one after the other under load: nothing fails but by 503', async () => {
  const load = { over: false };
  const answers: string[] = [];
  const lane = async (): Promise<void> => {
    while (!load.over) answers.push(await ask(front.url));
  };
  const lanes = Array.from({ length: LANES }, lane);
  for (const [index, stack] of stacks.entries()) {
    const before = answers.length;
    await expect.poll(() => answers.length, { timeout: 20_000 }).toBeGreaterThan(before + 20);
    await stack.kill('server', 'SIGTERM');
    await stack.restart('server');
    await expect.poll(() => front.ready()[index], { timeout: 20_000 }).toBe(true);
  }
  load.over = true;
  await Promise.all(lanes);
  expect(answers.filter((answer) => answer !== '200' && answer !== '503')).toEqual([]);
  expect(answers.filter((answer) => answer === '200').length).toBeGreaterThan(60);
});
