import { startRedis, type RealRedis } from '@twohop/tooling/redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf, failureOf } from './client.ts';
import { type Stack, startStack } from './stack.ts';

let redis: RealRedis;
let stack: Stack;
beforeAll(async () => {
  redis = await startRedis();
  stack = await startStack({ env: { RESULTS_URL: redis.url } });
});
afterAll(async () => {
  await stack?.stop();
  await redis?.stop();
});

const text = 'The sea is deep. A cat sleeps on the sofa. Taxes will rise next year.';

/** A new user, the key of a run, and what the ledger knows of the user. */
async function newUser() {
  const session = await stack.signUp({ email: `${crypto.randomUUID()}@example.com`, password: 'correct horse' });
  const twohop = clientOf(stack.urls.server, session);
  const run = (idempotencyKey: string) => twohop.highlights.run.mutate({ text }, { context: { idempotencyKey } });
  const spent = async () => {
    const [{ computeDay }, { runs }] = await Promise.all([twohop.account.quota.query(), twohop.account.export.query()]);
    return { usedUs: computeDay.usedUs, heldUs: computeDay.heldUs, runs: runs.length };
  };
  return { run, spent };
}

it('after a restart the same key gets the same result, the same input is free, and nothing is executed again', async () => {
  const { run, spent } = await newUser();
  const key = crypto.randomUUID();
  const first = await run(key);
  const before = await spent();
  await stack.kill('server', 'SIGKILL');
  // No model: whoever would execute it again is told so.
  await stack.kill('ml');
  await stack.restart('server');
  expect(await run(key)).toEqual(first);
  const { highlights, receipt } = await run(crypto.randomUUID());
  expect(highlights).toEqual(first.highlights);
  expect(receipt).toMatchObject({ computeUs: 0, priceMicroUsd: 0, cached: true });
  expect(await spent()).toEqual(before);
  await stack.restart('ml');
});

it('while Redis hangs a call succeeds in bounded time, and is paid once', async () => {
  const { run, spent } = await newUser();
  redis.signal('SIGSTOP');
  const startMs = performance.now();
  const { receipt } = await run(crypto.randomUUID());
  expect(performance.now() - startMs).toBeLessThan(5_000);
  redis.signal('SIGCONT');
  expect(await spent()).toEqual({ usedUs: receipt.computeUs, heldUs: 0, runs: 1 });
});

it('410 with the receipt when nobody keeps the result any more: uncharged, and never a second execution', async () => {
  const { run, spent } = await newUser();
  const key = crypto.randomUUID();
  const { receipt } = await run(key);
  const before = await spent();
  await stack.restart('server', { RESULTS_URL: 'memory:' });
  const error = await failureOf(run(key));
  expect(error).toMatchObject({ code: 'run.result_gone', reference: receipt.runId });
  expect(error.receipt).toEqual(receipt);
  expect(await spent()).toEqual(before);
});
