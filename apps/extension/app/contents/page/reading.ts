import { wantedMarks } from '../../core/density.ts';
import type { Failure } from '../../core/failure.ts';
import type { Part, PartReply, PartResult } from '../../core/page.ts';
import { partsOf } from '../../core/parts.ts';

export interface ReadingDeps {
  readonly ask: (part: Part, signal: AbortSignal) => Promise<PartReply>;
  /** A part has been read: its result, with offsets in the whole text, and how much of it has been read by now. */
  readonly onPart: (result: PartResult, share: number) => void;
  /** Over the rate: it goes on by itself then. Null: it goes on now. */
  readonly onWait: (waitMs: number | null) => void;
}

export type ReadingEnd = { readonly done: true } | { readonly done: false; readonly failure: Failure };

const cancelled: ReadingEnd = { done: false, failure: { code: 'request.cancelled' } };

/**
 * Has a text read part by part, one after another, so that its beginning is marked while the rest is still being read.
 * `go` ends with the first failure that waiting does not mend, and goes on from there when called again.
 */
export const createReading = (text: string, { ask, onPart, onWait }: ReadingDeps) => {
  const parts = partsOf(text);
  let next = 0;
  const go = async (signal: AbortSignal): Promise<ReadingEnd> => {
    for (let part = parts[next]; part; part = parts[next]) {
      if (signal.aborted) return cancelled;
      const { start, end } = part;
      const words = text.slice(start, end);
      const reply = await ask({ text: words, count: wantedMarks(words) }, signal);
      if (signal.aborted) return cancelled;
      if (reply.ok) {
        next += 1;
        const marks = reply.result.marks.map((mark) => ({ ...mark, start: mark.start + start }));
        onPart({ ...reply.result, marks }, end / text.length);
      } else if (reply.failure.code === 'limit.rate' && reply.failure.retryAfterMs !== undefined) {
        onWait(reply.failure.retryAfterMs);
        await wait(reply.failure.retryAfterMs, signal);
        onWait(null);
      } else return { done: false, failure: reply.failure };
    }
    return { done: true };
  };
  return { go };
};

export type Reading = ReturnType<typeof createReading>;

/** Ends early when the reader leaves. */
const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
