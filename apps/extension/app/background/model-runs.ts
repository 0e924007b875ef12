import type { Twohop } from '@twohop/sdk';
import { toFailure } from '../core/failure.ts';
import type { PartReply, RunRequest } from '../core/page.ts';

/** The one place where a part of a page's text becomes a call. */
export const runPart =
  (twohop: Twohop) =>
  async ({ part, key }: RunRequest, signal: AbortSignal): Promise<PartReply> => {
    try {
      const options = { signal, context: { idempotencyKey: key } };
      const { highlights, sentences, receipt } = await twohop.highlights.run.mutate(part, options);
      const { remainingUs, resetsAt } = receipt;
      const marks = highlights.map(({ text, start, score }) => ({ text, start, score }));
      return { ok: true, result: { marks, sentences, left: { remainingUs, resetsAt } } };
    } catch (error) {
      return { ok: false, failure: toFailure(error) };
    }
  };
