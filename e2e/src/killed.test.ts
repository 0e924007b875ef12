import { join } from 'node:path';
import { sqliteStore } from '@twohop/quota/sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf, configPath, failureOf } from './client.ts';
import { type Stack, startStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { TWOHOP_CONFIG: configPath('short-lease') } });
});
afterAll(() => stack?.stop());

const capDay = { scope: 'cap-day', unit: 'microUsd', amount: 0, limit: 0, code: 'limit.spend_cap', resetsAtMs: 0 } as const;

it('a server killed in mid-call: after the lease the user’s hold and slot are free, and the cap keeps the worst case', async () => {
  const session = await stack.signUp({ email: 'ann@example.com', password: 'correct horse' });
  const twohop = clientOf(stack.urls.server, session);
  const ledger = await sqliteStore({ path: join(stack.directory, 'ledger.db'), deadlineMs: 5_000 });
  const cap = async () => {
    const { lines } = await ledger.usage({
      owner: '',
      person: null,
      lines: [{ ...capDay, window: Math.floor(Date.now() / 86_400_000) }],
      nowMs: Date.now(),
    });
    return lines[0];
  };

  const long = 'Every sentence of this page says something else about the sea. '.repeat(1_500);
  const call = failureOf(twohop.highlights.run.mutate({ text: long }));
  await expect.poll(cap, { timeout: 10_000 }).toEqual({ settled: 0, held: 22_000 });
  await stack.kill('server', 'SIGKILL');
  expect((await call).code).toBe('network.unreachable');

  await stack.restart('server');
  await expect.poll(cap, { timeout: 10_000 }).toEqual({ settled: 22_000, held: 0 });
  const quota = await twohop.account.quota.query();
  expect(quota.computeDay).toMatchObject({ usedUs: 0, heldUs: 0 });
  expect(quota.concurrent).toEqual({ limit: 1, running: 0 });
  await ledger.close();
});
