import { createTwohop } from '@twohop/sdk';
import { expect, it } from 'vitest';
import type { RunEvent } from '../core/page.ts';
import { runChunk } from './model-runs.ts';

const key = '0d3c1f0e-6f0a-4c53-9a52-0a6f1f6c9f10';
const left = { remainingUs: 5, resetsAt: '2026-01-01T00:00:00.000Z' };
const highlights = [{ text: 'One.', start: 0, end: 4, score: 0.5 }];
const events = [
  { type: 'start', seq: 0, runId: key, parts: 1 },
  { type: 'part', seq: 1, part: 0, end: 9, sentences: 2, highlights },
  { type: 'done', seq: 2, model: 'm', highlights, sentences: 2, receipt: left },
];
/** As the server writes a stream. */
const stream = (): Response => {
  const lines = [
    { 0: [[0], [null, 0, 0]] },
    [0, 0, [[{ result: 0 }], ['result', 0, 1]]],
    [1, 0, [[{ data: 0 }], ['data', 1, 2]]],
    ...events.map((event) => [2, 1, [[event]]]),
    [2, 0, [[]]],
  ];
  return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), {
    headers: { 'content-type': 'application/json' },
  });
};

async function run(reply: () => Response) {
  const requests: Request[] = [];
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: async () => 'token',
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      return reply();
    },
  });
  const told: RunEvent[] = [];
  for await (const event of runChunk(twohop)({ text: 'One. Two.', count: 1, key }, new AbortController().signal))
    told.push(event);
  return { told, requests };
}

it('tells each part and the end, and names the run by the page’s key, so that a second call finds the first', async () => {
  const { told, requests } = await run(stream);
  expect(told).toEqual([
    { part: { marks: [{ text: 'One.', start: 0, score: 0.5 }], sentences: 2, end: 9 } },
    { end: { ok: true, left } },
  ]);
  expect(requests[0]?.headers.get('idempotency-key')).toBe(key);
});

it('gives a failure as a value, for a page cannot be given an error', async () => {
  const { told } = await run(() => Response.error());
  expect(told).toEqual([{ end: { ok: false, failure: { code: 'network.unreachable' } } }]);
});
