import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Chunk, RunEnd } from '../../core/page.ts';
import { createReading } from './reading.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = Array.from({ length: 400 }, (_, n) => `Paragraph ${n} ${'word '.repeat(40)}`.trim()).join('\n\n');
const left = { remainingUs: 1, resetsAt: '2026-01-01T00:00:00.000Z' };
const whole: RunEnd = { ok: true, left };
const refused = (
  code: 'limit.rate' | 'upstream.cold' | 'upstream.timeout' | 'network.unreachable',
  retryAfterMs?: number,
): RunEnd => ({
  ok: false,
  failure: { code, ...(retryAfterMs !== undefined && { retryAfterMs }) },
});

/** Each chunk comes in two halves, or ends as the test says after as many. */
function setUp(ends: { after: number; end: RunEnd }[] = []) {
  const asked: Chunk[] = [];
  const shares: number[] = [];
  const marks: { text: string; start: number }[] = [];
  const waits: unknown[] = [];
  const reading = createReading(text, {
    ask: async (chunk, { onPart }) => {
      asked.push(chunk);
      const { after, end } = ends.shift() ?? { after: 2, end: whole };
      const half = chunk.text.length >> 1;
      for (const [start, stop] of [
        [0, half],
        [half, chunk.text.length],
      ].slice(0, after))
        onPart({ marks: [{ text: chunk.text.slice(start, start! + 9), start: start!, score: 1 }], sentences: 3, end: stop! });
      return end;
    },
    onPart: (part) => {
      shares.push(part.end / text.length);
      marks.push(...part.marks);
    },
    onLeft: () => undefined,
    onWait: (wait) => void waits.push(wait),
  });
  return { reading, asked, shares, marks, waits, controller: new AbortController() };
}

it('asks chunk by chunk, tells part by part, and gives offsets in the whole text', async () => {
  const { reading, asked, shares, marks, controller } = setUp();
  expect(await reading.go(controller.signal)).toEqual({ done: true });
  expect(asked.map((chunk) => chunk.text).join('')).toBe(text);
  expect(asked.length).toBeGreaterThan(1);
  expect(shares).toHaveLength(2 * asked.length);
  expect(shares.at(-1)).toBe(1);
  for (const { text: words, start } of marks) expect(text.slice(start, start + words.length)).toBe(words);
});

it('ends with a failure in the middle of a chunk, and goes on from there', async () => {
  const { reading, asked, marks, controller } = setUp([{ after: 1, end: refused('network.unreachable') }]);
  expect(await reading.go(controller.signal)).toEqual({ done: false, failure: { code: 'network.unreachable' } });
  expect(marks).toHaveLength(1);
  expect(await reading.go(controller.signal)).toEqual({ done: true });
  const first = asked[0]!.text;
  expect(
    first.slice(0, first.length >> 1) +
      asked
        .slice(1)
        .map((chunk) => chunk.text)
        .join(''),
  ).toBe(text);
});

it('a model that had no time for the whole chunk goes on with what is left of it', async () => {
  const { reading, asked, controller } = setUp([{ after: 1, end: refused('upstream.timeout') }]);
  expect(await reading.go(controller.signal)).toEqual({ done: true });
  expect(asked[0]!.text).toContain(asked[1]!.text.slice(0, 100));
});

it('a model that had time for nothing is a failure', async () => {
  const { reading, controller } = setUp([{ after: 0, end: refused('upstream.timeout') }]);
  expect(await reading.go(controller.signal)).toEqual({ done: false, failure: { code: 'upstream.timeout' } });
});

it.each(['limit.rate', 'upstream.cold'] as const)(
  '%s is waited for as long as it says, then the same is asked again',
  async (code) => {
    const { reading, asked, waits, controller } = setUp([{ after: 0, end: refused(code, 7_000) }]);
    const end = reading.go(controller.signal);
    await vi.advanceTimersByTimeAsync(6_999);
    expect(waits).toEqual([{ code, ms: 7_000 }]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await end).toEqual({ done: true });
    expect(waits).toEqual([{ code, ms: 7_000 }, null]);
    expect(asked[0]).toEqual(asked[1]);
  },
);

it('what does not pass is told after a while', async () => {
  const { reading, asked, controller } = setUp(
    Array.from({ length: 40 }, () => ({ after: 0, end: refused('upstream.cold', 1_000) })),
  );
  const end = reading.go(controller.signal);
  await vi.advanceTimersByTimeAsync(40_000);
  expect(await end).toMatchObject({ done: false, failure: { code: 'upstream.cold' } });
  expect(asked).toHaveLength(31);
});

it('asks nothing more once the reader has left, also during a wait', async () => {
  const { reading, asked, controller } = setUp([{ after: 0, end: refused('limit.rate', 7_000) }]);
  const end = reading.go(controller.signal);
  await vi.advanceTimersByTimeAsync(10);
  controller.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await end).toMatchObject({ done: false });
  expect(asked).toHaveLength(1);
});
