import { expect, it } from 'vitest';
import { createTwohop } from './client.ts';
import type { TwohopError } from './error.ts';
import { type HighlightsProgress, streamHighlights, type StreamOptions } from './stream.ts';

const RUN = '0b7e9d1c-5a0e-4a3f-9d0e-2f4f2c1e7a55';
const start = { type: 'start', seq: 0, runId: RUN, parts: 2 };
const part = (n: number) => ({ type: 'part', seq: n + 1, part: n, end: 9 * (n + 1), sentences: 1, highlights: [] });
const done = { type: 'done', seq: 3, model: 'm', highlights: [], sentences: 2, receipt: { runId: RUN } };

/**
 * A stream as the server writes it: the head, the promise of the iterable, then its values; white space is the heartbeat. Its
 * connection is lost when `cut` resolves.
 */
function stream(events: object[], { cut }: { cut?: Promise<void> } = {}): Response {
  const lines = [
    { 0: [[0], [null, 0, 0]] },
    [0, 0, [[{ result: 0 }], ['result', 0, 1]]],
    [1, 0, [[{ data: 0 }], ['data', 1, 2]]],
    ...events.map((event) => [2, 1, [[event]]]),
    ...(cut ? [] : [[2, 0, [[]]]]),
  ];
  const body = lines.map((line) => `${JSON.stringify(line)}\n `).join('');
  return new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode(body)),
      pull: async (controller) => {
        await cut;
        if (cut) controller.error(new TypeError('terminated'));
        else controller.close();
      },
    }),
    { headers: { 'content-type': 'application/json' } },
  );
}

const refused = (code: string): Response =>
  new Response(
    `${JSON.stringify({ 0: [[0], [null, 0, 0]] })}\n${JSON.stringify([0, 0, [[{ error: { message: code, code: -32_000, data: { twohop: { code, message: code } } } }]]])}\n`,
  );

/** Reads to the end, or to the failure. */
async function read(replies: (Response | Error)[], options: StreamOptions & { onEvent?: (seq: number) => void } = {}) {
  const sent: { url: string; headers: Headers }[] = [];
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: async () => 'token',
    fetch: async (input, init) => {
      sent.push({ url: new Request(input).url, headers: new Headers(init?.headers) });
      const reply = replies.shift() ?? new Error('asked too often');
      if (reply instanceof Error) throw reply;
      return reply;
    },
  });
  const events: HighlightsProgress[] = [];
  let failure: TwohopError | undefined;
  try {
    for await (const event of streamHighlights(twohop, { text: 'a page' }, options)) {
      events.push(event);
      options.onEvent?.(event.seq);
    }
  } catch (error) {
    failure = error as TwohopError;
  }
  return { events, failure, sent };
}

it('gives the events of one call, by a stream of its own, with token and key', async () => {
  const { events, failure, sent } = await read([stream([start, part(0), part(1), done])], { idempotencyKey: RUN });
  expect(failure).toBeUndefined();
  expect(events).toEqual([start, part(0), part(1), done]);
  expect(sent).toHaveLength(1);
  expect(new URL(sent[0]?.url ?? '').pathname).toBe('/trpc/highlights.stream');
  expect(sent[0]?.headers.get('trpc-accept')).toBe('application/jsonl');
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer token');
  expect(sent[0]?.headers.get('idempotency-key')).toBe(RUN);
});

it('a lost connection is made again with the same key, and nothing is told twice', async () => {
  const { promise: cut, resolve: lose } = Promise.withResolvers<void>();
  const replies = [stream([start, part(0)], { cut }), new TypeError('fetch failed'), stream([start, part(0), part(1), done])];
  const { events, sent } = await read(replies, { onEvent: (seq) => seq === 1 && lose() });
  expect(events).toEqual([start, part(0), part(1), done]);
  const [first, ...others] = sent.map(({ headers }) => headers.get('idempotency-key'));
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(others).toEqual([first, first]);
});

it('a failure in the middle is a TwohopError, and is not tried again', async () => {
  const error = { type: 'error', seq: 2, code: 'upstream.bad_response', message: 'm', retryAfterMs: 0 };
  const { events, failure, sent } = await read([stream([start, part(0), error])]);
  expect(events).toEqual([start, part(0)]);
  expect(failure).toMatchObject({ name: 'TwohopError', code: 'upstream.bad_response', retryAfterMs: 0 });
  expect(sent).toHaveLength(1);
});

it('a refusal is a TwohopError as of any other call', async () => {
  const { failure, sent } = await read([refused('limit.quota')]);
  expect(failure).toMatchObject({ name: 'TwohopError', code: 'limit.quota' });
  expect(sent).toHaveLength(1);
});

it('a server that was never reached is told at once', async () => {
  const { failure, sent } = await read([new TypeError('fetch failed')]);
  expect(failure?.code).toBe('network.unreachable');
  expect(sent).toHaveLength(1);
});

it('a caller that aborts is told of a cancel', async () => {
  const { failure } = await read([stream([start])], { signal: AbortSignal.abort() });
  expect(failure?.code).toBe('request.cancelled');
});
