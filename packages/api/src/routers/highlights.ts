import { metered } from '../procedures.ts';
import { HighlightsInput, HighlightsOutput } from '../schemas.ts';
import { extentOf, sizeOf } from '../size.ts';
import { t } from '../trpc.ts';

export const highlights = t.router({
  /** Key sentences of a text, in its order, with offsets in UTF-16 code units. */
  run: metered(HighlightsInput, ({ text }) => sizeOf(extentOf([text])))
    .output(HighlightsOutput)
    .mutation(async ({ ctx, input: { text, count, diversity } }) => {
      const { body, receipt } = await ctx.spend((call) => ctx.deps.model.highlights({ text, count, diversity }, call));
      const marks = body.highlights.map(({ text: sentence, start, end, score }) => ({ text: sentence, start, end, score }));
      return { model: body.model, highlights: marks, sentences: body.sentences, receipt };
    }),
});
