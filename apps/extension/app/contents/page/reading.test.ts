import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Part, PartReply } from '../../core/page.ts';
import { createReading } from './reading.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const text = Array.from({ length: 60 }, (_, n) => `Paragraph ${n} ${'word '.repeat(40)}`.trim()).join('\n\n');
const left = { remainingUs: 1, resetsAt: '2026-01-01T00:00:00.000Z' };
const done = (part: Part): PartReply => ({
  ok: true,
  result: { marks: [{ text: part.text.slice(0, 9), start: 0, score: 1 }], sentences: 3, left },
});

function setUp(replies: ((part: Part) => PartReply)[] = []) {
  const asked: Part[] = [];
  const shares: number[] = [];
  const marks: { text: string; start: number }[] = [];
  const waits: (number | null)[] = [];
  const reading = createReading(text, {
    ask: async (part) => {
      asked.push(part);
      return (replies.shift() ?? done)(part);
    },
    onPart: (result, share) => {
      shares.push(share);
      marks.push(...result.marks);
    },
    onWait: (waitMs) => void waits.push(waitMs),
  });
  return { reading, asked, shares, marks, waits, controller: new AbortController() };
}

it('asks part by part, and gives offsets in the whole text', async () => {
  const { reading, asked, shares, marks, controller } = setUp();
  expect(await reading.go(controller.signal)).toEqual({ done: true });
  expect(asked.map((part) => part.text).join('')).toBe(text);
  expect(asked.length).toBeGreaterThan(1);
  expect(shares.at(-1)).toBe(1);
  for (const { text: words, start } of marks) expect(text.slice(start, start + words.length)).toBe(words);
});

it('ends with a failure, and goes on from there', async () => {
  const down: PartReply = { ok: false, failure: { code: 'network.unreachable' } };
  const { reading, asked, marks, controller } = setUp([done, () => down]);
  expect(await reading.go(controller.signal)).toEqual({ done: false, failure: { code: 'network.unreachable' } });
  expect(marks).toHaveLength(1);
  expect(await reading.go(controller.signal)).toEqual({ done: true });
  expect(asked[1]).toEqual(asked[2]);
});

it('over the rate waits as long as it is told, then asks the same again', async () => {
  const rate: PartReply = { ok: false, failure: { code: 'limit.rate', retryAfterMs: 7_000 } };
  const { reading, asked, waits, controller } = setUp([done, () => rate]);
  const end = reading.go(controller.signal);
  await vi.advanceTimersByTimeAsync(6_999);
  expect(waits).toEqual([7_000]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await end).toEqual({ done: true });
  expect(waits).toEqual([7_000, null]);
  expect(asked[1]).toEqual(asked[2]);
});

it('asks nothing more once the reader has left, also during a wait', async () => {
  const rate: PartReply = { ok: false, failure: { code: 'limit.rate', retryAfterMs: 7_000 } };
  const { reading, asked, controller } = setUp([() => rate]);
  const end = reading.go(controller.signal);
  await vi.advanceTimersByTimeAsync(10);
  controller.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await end).toMatchObject({ done: false });
  expect(asked).toHaveLength(1);
});
