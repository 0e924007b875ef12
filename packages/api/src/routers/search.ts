import { metered } from '../procedures.ts';
import { SearchInput, SearchOutput } from '../schemas.ts';
import { extentOf, sizeOf } from '../size.ts';
import { t } from '../trpc.ts';

export const search = t.router({
  /** Passages of a text that mean what the query means, best first. */
  run: metered(SearchInput, ({ text, query }) => sizeOf(extentOf([text, query])))
    .output(SearchOutput)
    .mutation(async ({ ctx, input: { query, text, count } }) => {
      const { body, receipt } = await ctx.spend((call) => ctx.deps.model.search({ query, text, count }, call));
      const passages = body.passages.map(({ text: passage, start, end, score }) => ({ text: passage, start, end, score }));
      return { model: body.model, passages, sentences: body.sentences, receipt };
    }),
});
