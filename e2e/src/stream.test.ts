import { type HighlightsProgress, streamHighlights, TwohopError } from '@twohop/sdk';
import { startRedis, type RealRedis } from '@twohop/tooling/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from './client.ts';
import { type Stack, startStack } from './stack.ts';

/** About ten parts. */
const PAGE = Array.from({ length: 900 }, (_, n) => `Sentence ${n} of this page says something about the sea and the wind.`).join(
  ' ',
);

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

async function newUser() {
  const session = await stack.signUp({ email: `${crypto.randomUUID()}@example.com`, password: 'correct horse' });
  const twohop = clientOf(stack.urls.server, session);
  const running = async () => (await twohop.account.quota.query()).concurrent.running;
  const settled = async () => {
    await expect.poll(running, { interval: 1_000, timeout: 30_000 }).toBe(0);
    return (await twohop.account.export.query()).runs;
  };
  return { session, twohop, settled };
}

async function all(events: AsyncIterable<HighlightsProgress>): Promise<HighlightsProgress[]> {
  const seen: HighlightsProgress[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

describe('a long page', () => {
  it('comes part by part, its marks cut the exact text, and it is charged once', async () => {
    const { twohop, settled } = await newUser();
    const arrivedMs: number[] = [];
    const events: HighlightsProgress[] = [];
    for await (const event of streamHighlights(twohop, { text: PAGE, count: 5 })) {
      arrivedMs.push(performance.now());
      events.push(event);
    }
    const [start] = events;
    const done = events.at(-1);
    if (start?.type !== 'start' || done?.type !== 'done') throw new Error('the stream lacks its first or its last event');
    expect(start.parts).toBeGreaterThan(5);
    expect(events).toHaveLength(start.parts + 2);
    // The parts came one after another and not all at the end.
    expect((arrivedMs[1] ?? 0) - (arrivedMs[0] ?? 0)).toBeLessThan(((arrivedMs.at(-1) ?? 0) - (arrivedMs[0] ?? 0)) / 2);
    expect(done.highlights).toHaveLength(5);
    for (const mark of done.highlights) expect(PAGE.slice(mark.start, mark.end)).toBe(mark.text);
    expect(done.sentences).toBe(900);
    const runs = await settled();
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ runId: start.runId, state: 'settled', userUs: done.receipt.computeUs });
  });

  it('first byte at once: before the model has answered', async () => {
    const { session } = await newUser();
    stack.process('ml').signal('SIGSTOP');
    try {
      const response = await fetch(`${stack.urls.trpc}/highlights.stream?batch=1`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'trpc-accept': 'application/jsonl',
          authorization: `Bearer ${session.idToken}`,
        },
        body: JSON.stringify({ 0: { text: PAGE } }),
      });
      let text = '';
      for await (const chunk of response.body as ReadableStream<Uint8Array>) {
        text += new TextDecoder().decode(chunk);
        // The heartbeat is a white space on a line of its own, ten seconds after the start.
        if (text.includes('"start"') && text.endsWith(' ')) break;
      }
      expect(text).toContain('"parts"');
      expect(text).not.toContain('"part"');
    } finally {
      stack.process('ml').signal('SIGCONT');
    }
  });

  it('who comes again on another connection reads on, and pays nothing more', async () => {
    const { twohop, settled } = await newUser();
    const idempotencyKey = crypto.randomUUID();
    const text = `Once more. ${PAGE}`;
    for await (const event of streamHighlights(twohop, { text }, { idempotencyKey })) if (event.type === 'part') break;
    const events = await all(streamHighlights(twohop, { text }, { idempotencyKey }));
    const [start] = events;
    const done = events.at(-1);
    if (start?.type !== 'start' || done?.type !== 'done') throw new Error('the stream lacks its first or its last event');
    expect(events).toHaveLength(start.parts + 2);
    // And after a restart of the server.
    await stack.restart('server');
    expect(await all(streamHighlights(twohop, { text }, { idempotencyKey }))).toEqual(events);
    const runs = await settled();
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ runId: start.runId, userUs: done.receipt.computeUs });
  });

  it('who leaves for good pays for what ran', async () => {
    const { twohop, settled } = await newUser();
    const text = `Left alone. ${PAGE}`;
    for await (const event of streamHighlights(twohop, { text })) if (event.type === 'part') break;
    const [run] = await settled();
    expect(run).toMatchObject({ state: 'settled' });
    expect(run?.userUs).toBe(run?.computeUs);
    expect(run?.computeUs).toBeGreaterThan(0);
    expect(run?.capMicroUsd).toBe(Math.ceil(((run?.computeUs ?? 0) * 40) / 1e6));
  });

  it('a model that dies in the middle: the parts that came stand, the failure is typed, the user pays nothing', async () => {
    const { twohop, settled } = await newUser();
    const events: HighlightsProgress[] = [];
    const read = async () => {
      for await (const event of streamHighlights(twohop, { text: `To the end. ${PAGE}` })) {
        events.push(event);
        if (events.length === 2) await stack.kill('ml');
      }
    };
    const error = await read().catch((reason: unknown) => reason);
    await stack.restart('ml');
    expect(error).toBeInstanceOf(TwohopError);
    expect((error as TwohopError).code).toMatch(/^upstream\.(bad_response|cold)$/);
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['start', 'part']);
    expect((await settled())[0]).toMatchObject({ state: 'settled', userUs: 0 });
  });
});
