import { startRedis, type RealRedis } from '@twohop/tooling/redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configPath } from './client.ts';
import { type Stack, startStack } from './stack.ts';

let redis: RealRedis;
let stacks: Stack[];
beforeAll(async () => {
  redis = await startRedis();
  const first = await startStack({ parts: ['server'], env: { TWOHOP_CONFIG: configPath('tight'), RATE_URL: redis.url } });
  stacks = [first];
  const joined = { FIREBASE_AUTH_EMULATOR_HOST: new URL(first.urls.auth).host, FIREBASE_PROJECT_ID: first.projectId };
  const env = { TWOHOP_CONFIG: configPath('tight'), RATE_URL: redis.url, ...joined };
  stacks.push(await startStack({ parts: ['server'], env }));
});
afterAll(async () => {
  for (const stack of stacks) await stack.stop();
  await redis?.stop();
});

const ask = (stack: Stack | undefined, idToken: string) =>
  fetch(`${stack?.urls.trpc}/account.me`, { headers: { authorization: `Bearer ${idToken}` } });

it('two servers count one user’s requests together: a limit is not multiplied by instances', async () => {
  const { idToken } = (await stacks[0]?.signUp()) ?? { idToken: '' };
  const statuses = [];
  for (let n = 0; n < 4; n++) statuses.push((await ask(stacks[n % 2], idToken)).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
});

it('while Redis does not answer whoever spends gets 503 at once, who only reads is served, and it recovers', async () => {
  const { idToken } = (await stacks[0]?.signUp({ email: 'ann@example.com', password: 'correct horse' })) ?? { idToken: '' };
  const spend = () =>
    fetch(`${stacks[0]?.urls.trpc}/highlights.run`, {
      method: 'POST',
      headers: { authorization: `Bearer ${idToken}`, 'content-type': 'application/json' },
      body: '{"text":"A sentence."}',
    });
  redis.signal('SIGSTOP');
  const reply = await spend();
  expect(reply.status).toBe(503);
  expect(await reply.json()).toMatchObject({ error: { data: { twohop: { code: 'limit.store_down' } } } });
  expect((await ask(stacks[0], idToken)).status).toBe(200);
  redis.signal('SIGCONT');
  await expect
    .poll(
      async () => ((await (await spend()).json()) as { error: { data: { twohop: { code: string } } } }).error.data.twohop.code,
      { timeout: 5_000 },
    )
    .toBe('upstream.cold');
});
