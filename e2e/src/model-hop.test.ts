import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, failureOf } from './client.ts';
import { type Stack, startStack } from './stack.ts';

const PAGE = 'Every sentence of this page says something else about the sea and the wind. '.repeat(400);
/** (20 s + 2 s) of compute at 0.00004 USD a second: twohop.config.ts. */
const WORST_MICRO_USD = 880;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack?.stop());

const user = async () =>
  clientOf(stack.urls.server, await stack.signUp({ email: `${crypto.randomUUID()}@example.com`, password: 'correct horse' }));

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${stack.urls.ml}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  const endMs = performance.now() + 20_000;
  while (!(await condition())) if (performance.now() > endMs) throw new Error('waited for 20 s');
};

describe('a cancel', () => {
  it('is out of the model’s queue within 100 ms, and costs user and cap what ran', async () => {
    const twohop = await user();
    const reachedMs: number[] = [];
    for (let round = 0; round < 3; round++) {
      const leaving = new AbortController();
      const call = failureOf(twohop.highlights.run.mutate({ text: `${round}. ${PAGE}` }, { signal: leaving.signal }));
      const batches = await metric('ml_batch_texts_count');
      await until(async () => (await metric('ml_batch_texts_count')) > batches);
      leaving.abort();
      const startMs = performance.now();
      await until(async () => (await metric('ml_queued_texts')) === 0);
      reachedMs.push(performance.now() - startMs);
      expect((await call).code).toBe('request.cancelled');
    }
    expect(Math.min(...reachedMs)).toBeLessThan(100);
    const running = async () => (await twohop.account.quota.query()).concurrent.running;
    await expect.poll(running, { interval: 500, timeout: 10_000 }).toBe(0);
    const { runs } = await twohop.account.export.query();
    expect(runs).toHaveLength(3);
    for (const { state, computeUs, userUs, capMicroUsd } of runs) {
      expect(state).toBe('settled');
      expect(userUs).toBe(computeUs);
      expect(capMicroUsd).toBe(Math.ceil(((computeUs ?? 0) * 40) / 1e6));
      expect(capMicroUsd).toBeLessThan(WORST_MICRO_USD / 2);
    }
    expect(await metric('ml_dropped_texts_total')).toBeGreaterThan(0);
  });
});

describe('a cold start', () => {
  it('is told as such and costs nothing, and opens no circuit', async () => {
    const twohop = await user();
    await stack.kill('ml');
    const cold = await Promise.all(
      Array.from({ length: 3 }, (_, n) => failureOf(twohop.embeddings.run.mutate({ texts: [`${n}`] }))),
    );
    for (const error of cold) expect(error).toMatchObject({ code: 'upstream.cold', retryAfterMs: 2_000 });
    await stack.restart('ml');
    expect((await twohop.embeddings.run.mutate({ texts: ['warm'] })).receipt.computeUs).toBeGreaterThan(0);
    const { runs } = await twohop.account.export.query();
    const paid = runs.filter(({ capMicroUsd }) => capMicroUsd !== null);
    expect(paid).toHaveLength(1);
    expect(runs.filter(({ state }) => state === 'released')).toHaveLength(runs.length - 1);
  });
});

describe('a new key', () => {
  const oldKey = 'the-old-key';
  const newKey = 'the-new-key';
  const steps = {
    'the model first': [
      ['ml', `${oldKey},${newKey}`],
      ['server', `${newKey},${oldKey}`],
      ['ml', newKey],
      ['server', newKey],
    ],
    'the server first': [
      ['server', `${newKey},${oldKey}`],
      ['ml', newKey],
      ['server', newKey],
    ],
  } as const;

  it.each(Object.entries(steps))('%s: no request is lost at any step', async (_name, rotation) => {
    const twohop = await user();
    let asked = 0;
    const askThree = () =>
      Promise.all(Array.from({ length: 3 }, () => twohop.embeddings.run.mutate({ texts: [`text ${asked++}`] })));
    await stack.restart('ml', { ML_KEY: oldKey });
    await stack.restart('server', { ML_KEY: oldKey });
    await askThree();
    for (const [part, keys] of rotation) {
      await stack.restart(part, { ML_KEY: keys });
      const replies = await askThree();
      expect(replies.every(({ receipt }) => receipt.computeUs > 0)).toBe(true);
    }
    const { runs } = await twohop.account.export.query();
    expect(runs.map(({ state }) => state)).toEqual(runs.map(() => 'settled'));
    expect(runs).toHaveLength(asked);
  });
});
