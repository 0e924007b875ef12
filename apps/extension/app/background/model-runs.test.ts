import { createTwohop } from '@twohop/sdk';
import { expect, it } from 'vitest';
import { runPart } from './model-runs.ts';

const key = '0d3c1f0e-6f0a-4c53-9a52-0a6f1f6c9f10';
const receipt = { remainingUs: 5, resetsAt: '2026-01-01T00:00:00.000Z' };
const data = { highlights: [{ text: 'One.', start: 0, end: 4, score: 0.5 }], sentences: 2, receipt };

function setUp(reply: () => Response) {
  const requests: Request[] = [];
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: async () => 'token',
    fetch: async (input, init) => {
      requests.push(new Request(input, init));
      return reply();
    },
  });
  return { run: runPart(twohop), requests };
}
const part = { text: 'One. Two.', count: 1 };
const never = new AbortController().signal;

it('names the run by the page’s key, so that a second call finds the first', async () => {
  const { run, requests } = setUp(() => Response.json({ result: { data } }));
  expect(await run({ part, key }, never)).toEqual({
    ok: true,
    result: { marks: [{ text: 'One.', start: 0, score: 0.5 }], sentences: 2, left: receipt },
  });
  expect(requests[0]?.headers.get('idempotency-key')).toBe(key);
});

it('gives a failure as a value, for a page cannot be given an error', async () => {
  const { run } = setUp(() => Response.error());
  expect(await run({ part, key }, never)).toEqual({ ok: false, failure: { code: 'network.unreachable' } });
});
