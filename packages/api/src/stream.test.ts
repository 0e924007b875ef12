import { describe, expect, it } from 'vitest';
import type { Model } from './ports.ts';
import type { HighlightsEvent } from './schemas.ts';
import { failure, faultFrom, forgetful, remembering, testServer, workingModel } from './testing/caller.ts';

/** Three parts: one of about 3 000 characters, two of about 8 000. */
const page = [130, 350, 350].map((words, part) => `Part ${part}. ${'Words that fill it. '.repeat(words)}`).join('\n\n');
const input = { text: page, count: 2 };
const key = '0b7e9d1c-5a0e-4a3f-9d0e-2f4f2c1e7a55';
const free = { settled: 0, held: 0 };

type Server = Awaited<ReturnType<typeof testServer>>;
type Request = Parameters<Server['caller']>[0];

const open = (server: Server, request?: Request) => server.caller({ idempotencyKey: key, ...request }).highlights.stream(input);
async function all(events: Promise<AsyncIterable<HighlightsEvent>>): Promise<HighlightsEvent[]> {
  const seen: HighlightsEvent[] = [];
  for await (const event of await events) seen.push(event);
  return seen;
}
const typesOf = (events: HighlightsEvent[]) => events.map(({ type }) => type);

/** A model whose nth part is what the test says; the others take 1 000 microseconds. */
function failingAt(part: number, ending: Awaited<ReturnType<Model['highlights']>>) {
  let calls = 0;
  const highlights: Model['highlights'] = (...args) =>
    calls++ === part ? Promise.resolve(ending) : workingModel.highlights(...args);
  return { model: { ...workingModel, highlights }, calls: () => calls };
}

/** A model that holds each part until it is let go, or cancelled. */
function heldModel() {
  const waiting: (() => void)[] = [];
  const highlights: Model['highlights'] = async (body, call) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    const leave = () => resolve();
    call.signal.addEventListener('abort', leave);
    await promise;
    if (call.signal.aborted) return failure({ code: 'request.cancelled', computeUs: 300 });
    return workingModel.highlights(body, call);
  };
  const letAllGo = async () => {
    for (let part = 1; part <= 3; part += 1) {
      await expect.poll(() => waiting.length).toBe(part);
      waiting.at(-1)?.();
    }
  };
  return { model: { ...workingModel, highlights }, waiting, next: () => waiting.at(-1)?.(), letAllGo };
}

describe('a page in parts', () => {
  it('tells of its start, of each part as it comes, and of the whole; it is charged once', async () => {
    const server = await testServer();
    const events = await all(open(server));
    expect(typesOf(events)).toEqual(['start', 'part', 'part', 'part', 'done']);
    expect(events.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
    expect(events.flatMap((event) => (event.type === 'part' ? [[event.sentences, event.end]] : [])).at(-1)).toEqual([
      3,
      page.length,
    ]);
    const [start, , second] = events;
    const done = events.at(-1);
    if (start?.type !== 'start' || second?.type !== 'part' || done?.type !== 'done') throw new Error('wrong events');
    expect(start.parts).toBe(3);
    expect(second.highlights[0]?.start).toBeGreaterThan(2_500);
    expect(done.highlights).toHaveLength(2);
    expect(done.sentences).toBe(9);
    expect(done.receipt).toMatchObject({ runId: start.runId, computeUs: 3_000, priceMicroUsd: 3_000, cached: false });
    expect(await server.balances()).toEqual({ user: { settled: 3_000, held: 0 }, cap: { settled: 3_000, held: 0 } });
    expect(server.observed).toEqual(['highlights.stream ok']);
  });

  it('holds once for the whole page, before its first event', async () => {
    const held = heldModel();
    const server = await testServer({ model: held.model });
    const events = open(server).then((each) => each[Symbol.asyncIterator]());
    expect((await (await events).next()).value).toMatchObject({ type: 'start' });
    expect((await server.balances()).cap).toEqual({ settled: 0, held: 10_000 });
    await expect.poll(() => held.waiting.length).toBe(1);
  });

  it('is refused before its first event, as any other call', async () => {
    const server = await testServer();
    await server.ledger.setKillSwitch(true);
    expect(await faultFrom(open(server))).toMatchObject({ code: 'limit.killed' });
    expect(server.observed).toEqual(['highlights.stream limit.killed']);
  });
});

describe('when the model fails in the middle', () => {
  it.each([
    ['dies without a word', failure({ code: 'upstream.bad_response' }), 'upstream.bad_response', 10_000, 0],
    ['says what it used', failure({ code: 'internal.bug', computeUs: 300 }), 'upstream.bad_response', 1_300, 0],
    ['is cold', failure({ code: 'upstream.cold', dispatched: false, retryAfterMs: 2_000 }), 'upstream.cold', 1_000, 0],
    ['times out', failure({ code: 'upstream.timeout', computeUs: 300 }), 'upstream.timeout', 1_300, 0],
  ] as const)('%s: the last event says so, and what ran is settled', async (_name, ending, code, cap, user) => {
    const server = await testServer({ model: failingAt(1, ending).model });
    const events = await all(open(server));
    expect(typesOf(events)).toEqual(['start', 'part', 'error']);
    expect(events.at(-1)).toMatchObject({ type: 'error', code, seq: 2 });
    expect(await server.balances()).toEqual({ user: { settled: user, held: 0 }, cap: { settled: cap, held: 0 } });
    expect(server.observed).toEqual([`highlights.stream ${code}`]);
  });

  it('before anything was sent: all is given back', async () => {
    const cold = failure({ code: 'upstream.cold', dispatched: false, retryAfterMs: 2_000 });
    const server = await testServer({ model: failingAt(0, cold).model });
    expect((await all(open(server))).at(-1)).toMatchObject({ code: 'upstream.cold', retryAfterMs: 2_000 });
    expect(await server.balances()).toEqual({ user: free, cap: free });
  });

  it('a port that throws is a bug: masked, logged, and the cap pays the worst case', async () => {
    const model = { ...workingModel, highlights: () => Promise.reject(new Error('secret')) };
    const server = await testServer({ model });
    const events = await all(open(server));
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'internal.bug', reference: 'request-1' });
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(server.logged).toHaveLength(1);
    expect((await server.balances()).cap).toEqual({ settled: 10_000, held: 0 });
  });

  it('its key is free again: the next call is a new run', async () => {
    const failing = failingAt(1, failure({ code: 'internal.bug', computeUs: 0 }));
    const server = await testServer({ model: failing.model });
    await all(open(server));
    expect(typesOf(await all(open(server)))).toEqual(['start', 'part', 'part', 'part', 'done']);
    expect((await server.balances()).user).toEqual({ settled: 3_000, held: 0 });
  });
});

describe('who comes again with the key', () => {
  it('reads all events of the run in flight, from the first, and pays nothing more', async () => {
    const held = heldModel();
    const server = await testServer({ model: held.model });
    const first = all(open(server));
    await expect.poll(() => held.waiting.length).toBe(1);
    const second = all(open(server));
    await held.letAllGo();
    expect(await second).toEqual(await first);
    expect(held.waiting).toHaveLength(3);
    expect((await server.balances()).user).toEqual({ settled: 3_000, held: 0 });
  });

  it('reads them after it, too; without them they are made of the result, and then 410', async () => {
    const results = remembering();
    const server = await testServer({ results });
    const first = await all(open(server));
    expect(await all(open(server))).toEqual(first);
    results.eventsOf = async () => undefined;
    expect(await all(open(server))).toEqual(first);
    results.find = async () => undefined;
    expect(await faultFrom(open(server))).toMatchObject({ code: 'run.result_gone' });
  });

  it('the same page under another key costs nothing', async () => {
    const server = await testServer();
    const first = await all(open(server));
    const again = await all(open(server, { idempotencyKey: null }));
    expect(again.slice(0, -1)).toEqual(first.slice(0, -1));
    expect(again.at(-1)).toMatchObject({ type: 'done', receipt: { computeUs: 0, cached: true } });
  });

  it('409 with another page', async () => {
    const server = await testServer();
    await all(open(server));
    const other = server.caller({ idempotencyKey: key }).highlights.stream({ text: 'Another.' });
    expect(await faultFrom(other)).toMatchObject({ code: 'run.conflict' });
  });

  it('is told when the run’s process has died', async () => {
    const server = await testServer({ model: heldModel().model });
    const events = (await open(server))[Symbol.asyncIterator]();
    const start = (await events.next()).value;
    if (start?.type !== 'start') throw new Error('no start');
    const again = (await open(server))[Symbol.asyncIterator]();
    await again.next();
    await server.ledger.expire(Date.UTC(2027, 0, 1));
    expect((await again.next()).value).toMatchObject({ type: 'error', code: 'run.result_gone', reference: start.runId });
  });
});

describe('when this process is told to end', () => {
  it('who still reads is told to come again, the part in the model is cancelled, and the user pays nothing', async () => {
    const held = heldModel();
    const ending = new AbortController();
    const server = await testServer({ model: held.model, ending: ending.signal });
    const seen = all(open(server));
    await expect.poll(() => held.waiting.length).toBe(1);
    held.next();
    await expect.poll(() => held.waiting.length).toBe(2);
    ending.abort();
    const events = await seen;
    expect(typesOf(events)).toEqual(['start', 'part', 'error']);
    expect(events.at(-1)).toMatchObject({ code: 'capacity.overloaded', retryAfterMs: 1_000 });
    expect(await server.balances()).toEqual({ user: { settled: 0, held: 0 }, cap: { settled: 1_300, held: 0 } });
    expect(server.observed).toEqual(['highlights.stream capacity.overloaded']);
  });
});

describe('who leaves', () => {
  it('and does not come back: the part in the model is cancelled, and what ran is paid', async () => {
    const held = heldModel();
    const leaving = new AbortController();
    const server = await testServer({ model: held.model });
    const seen = all(open(server, { signal: leaving.signal }));
    await expect.poll(() => held.waiting.length).toBe(1);
    held.next();
    await expect.poll(() => held.waiting.length).toBe(2);
    leaving.abort();
    await seen;
    await expect.poll(() => server.balances()).toEqual({ user: { settled: 1_300, held: 0 }, cap: { settled: 1_300, held: 0 } });
    expect(server.observed).toEqual(['highlights.stream request.cancelled']);
    expect(held.waiting).toHaveLength(2);
  });

  it('and comes back within ten seconds: it goes on where it was', async () => {
    const held = heldModel();
    const leaving = new AbortController();
    let isBack = false;
    const server = await testServer({
      model: held.model,
      results: { ...remembering(), isWatched: async () => isBack },
      wait: () => new Promise((resolve) => void setTimeout(resolve, 5)),
    });
    const seen = all(open(server, { signal: leaving.signal }));
    await expect.poll(() => held.waiting.length).toBe(1);
    leaving.abort();
    await seen;
    isBack = true;
    const again = all(open(server));
    await held.letAllGo();
    expect(typesOf(await again)).toEqual(['start', 'part', 'part', 'part', 'done']);
    expect((await server.balances()).user).toEqual({ settled: 3_000, held: 0 });
  });

  it('a store of results that keeps nothing stops no stream', async () => {
    const server = await testServer({ results: forgetful });
    expect(typesOf(await all(open(server)))).toEqual(['start', 'part', 'part', 'part', 'done']);
  });
});
