import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GoogleKeys, googleKeys, soundClaims } from '@twohop/tooling/google-keys';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stack, startStack } from './stack.ts';

const secret = 'a-secret-of-at-least-thirty-two-characters';
const production = { TWOHOP_ENV: 'production', FIREBASE_AUTH_EMULATOR_HOST: undefined, ML_KEY: secret, HASH_KEY: secret };
const FORGED = 1_000;
const AT_A_TIME = 20;

interface Told {
  readonly name: string;
  readonly alerts: readonly { readonly key: string; readonly state: string; readonly detail: string }[];
}
const told: (Told & { readonly atMs: number })[] = [];
const operator = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    told.push({ ...(JSON.parse(Buffer.concat(chunks).toString()) as Told), atMs: performance.now() });
    response.end();
  });
});

let google: GoogleKeys;
let stack: Stack;
beforeAll(async () => {
  google = await googleKeys();
  await new Promise<void>((resolve) => operator.listen(0, '127.0.0.1', resolve));
  const ALERT_WEBHOOK_URL = `http://127.0.0.1:${(operator.address() as AddressInfo).port}/hook`;
  // The webhook is no call of the server to the world: it is not sent through the stand-in for it.
  const env = { ...google.env, ...production, NO_PROXY: '127.0.0.1', ALERT_WEBHOOK_URL, ALERT_NAME: 'Staging' };
  stack = await startStack({ parts: ['server'], env });
});
afterAll(async () => {
  await stack?.stop();
  await google?.close();
  operator.close();
});

const lookedAtS = async (): Promise<number> => {
  const text = await (await fetch(`${stack.urls.metrics}/metrics`)).text();
  return Number(/^twohop_watch_timestamp_seconds (\S+)/m.exec(text)?.[1]);
};

it('a thousand forged tokens from one address are one alert, within ten seconds', async () => {
  const token = await google.token(soundClaims(stack.projectId), 'forger');
  // Another signature each: none of them is known already.
  const forged = (n: number) => `${token.slice(0, -8)}${n.toString().padStart(4, 'A')}${token.slice(-4)}`;
  const ask = (n: number) => fetch(`${stack.urls.trpc}/account.me`, { headers: { authorization: `Bearer ${forged(n)}` } });
  const startMs = performance.now();
  const statuses = new Map<number, number>();
  for (let n = 0; n < FORGED; n += AT_A_TIME) {
    const replies = await Promise.all(Array.from({ length: AT_A_TIME }, (_, k) => ask(n + k)));
    for (const { status } of replies) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    await Promise.all(replies.map((reply) => reply.arrayBuffer()));
  }
  // Most of them do not even get as far as a look at the token.
  expect(statuses.get(200)).toBeUndefined();
  expect(statuses.get(429)).toBeGreaterThan(FORGED / 2);
  await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1);
  expect((told[0]?.atMs ?? Infinity) - startMs).toBeLessThan(10_000);
  expect(told[0]).toMatchObject({ name: 'Staging', alerts: [{ key: 'unauthorized', state: 'firing' }] });
  expect(told[0]?.alerts[0]?.detail).toMatch(/auth\.invalid.*Most from: 127\.0\.0\.1/);
  const afterS = Date.now() / 1000;
  await ask(0);
  // Two looks later: it has seen all of them.
  await expect.poll(lookedAtS, { timeout: 10_000 }).toBeGreaterThan(afterS + 2);
  expect(told).toHaveLength(1);
});
