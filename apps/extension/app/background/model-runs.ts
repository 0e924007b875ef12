import { streamHighlights, type Twohop } from '@twohop/sdk';
import { toFailure } from '../core/failure.ts';
import type { RunEvent, RunRequest } from '../core/page.ts';

/** The one place where a page's text becomes a call. Its last event is the end, also of a failure. */
export const runChunk = (twohop: Twohop) =>
  async function* ({ text, count, key }: RunRequest, signal: AbortSignal): AsyncGenerator<RunEvent, void> {
    try {
      for await (const event of streamHighlights(twohop, { text, count }, { signal, idempotencyKey: key })) {
        if (event.type === 'part') {
          const marks = event.highlights.map(({ text, start, score }) => ({ text, start, score }));
          yield { part: { marks, sentences: event.sentences, end: event.end } };
        } else if (event.type === 'done') {
          const { remainingUs, resetsAt } = event.receipt;
          yield { end: { ok: true, left: { remainingUs, resetsAt } } };
        }
      }
    } catch (error) {
      yield { end: { ok: false, failure: toFailure(error) } };
    }
  };
