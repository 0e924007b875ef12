import type { Left } from '../../core/amounts.ts';
import { wantedMarks } from '../../core/density.ts';
import { type Failure, isPassing, type Passing } from '../../core/failure.ts';
import type { Chunk, PartMarks, Reader, RunEnd } from '../../core/page.ts';
import { partFrom } from '../../core/parts.ts';

export interface ReadingDeps {
  readonly ask: (chunk: Chunk, reader: Reader) => Promise<RunEnd>;
  /** A part has been read: its marks and its end, with offsets in the whole text. */
  readonly onPart: (part: PartMarks) => void;
  /** A chunk has been read, and this is what is left of the day. */
  readonly onLeft: (left: Left) => void;
  /** What is waited for, and for how long; null: it goes on now. */
  readonly onWait: (waits: { readonly code: Passing; readonly ms: number } | null) => void;
}

export type ReadingEnd = { readonly done: true } | { readonly done: false; readonly failure: Failure };

const cancelled: ReadingEnd = { done: false, failure: { code: 'request.cancelled' } };
/** A chunk is told in parts of about this length, of which each gives as many marks as are asked for. */
const partChars = 8_000;
/** What has not passed by then is told as a failure. */
const maxWaitMs = 120_000;
const maxWaits = 30;

/**
 * Has a text read chunk by chunk, one after another, and each part by part, so that its beginning is marked while the rest is
 * still being read. `go` ends with the first failure that waiting does not mend, and goes on from there when called again.
 */
export const createReading = (text: string, { ask, onPart, onLeft, onWait }: ReadingDeps) => {
  let read = 0;
  const readChunk = async ({ start, end }: { start: number; end: number }, signal: AbortSignal): Promise<RunEnd> => {
    const words = text.slice(start, end);
    const chunk = { text: words, count: wantedMarks(words.slice(0, partChars)) };
    const onNew = (part: PartMarks): void => {
      read = start + part.end;
      onPart({ ...part, end: read, marks: part.marks.map((mark) => ({ ...mark, start: mark.start + start })) });
    };
    const how = await ask(chunk, { onPart: onNew, signal });
    if (how.ok) read = end;
    return how;
  };
  const go = async (signal: AbortSignal): Promise<ReadingEnd> => {
    let waits = 0;
    for (let chunk = partFrom(text, read); chunk; chunk = partFrom(text, read)) {
      if (signal.aborted) return cancelled;
      const before = read;
      const how = await readChunk(chunk, signal);
      if (signal.aborted) return cancelled;
      if (read > before) waits = 0;
      if (how.ok) onLeft(how.left);
      else {
        const { code, retryAfterMs = 0 } = how.failure;
        // A busy model had no time for the whole chunk: what is left of it is a smaller one.
        if (code === 'upstream.timeout' && read > before) continue;
        if (!isPassing(code) || retryAfterMs > maxWaitMs || (waits += 1) > maxWaits) return { done: false, failure: how.failure };
        onWait({ code, ms: retryAfterMs });
        await wait(retryAfterMs, signal);
        onWait(null);
      }
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
