import { metered } from '../procedures.ts';
import { EmbeddingsInput, EmbeddingsOutput } from '../schemas.ts';
import { extentOf, sizeOf } from '../size.ts';
import { t } from '../trpc.ts';

export const embeddings = t.router({
  /** One vector a text. */
  run: metered(EmbeddingsInput, ({ texts }) => sizeOf(extentOf(texts)))
    .output(EmbeddingsOutput)
    .mutation(async ({ ctx, input: { texts } }) => {
      const { body, receipt } = await ctx.spend((call) => ctx.deps.model.embeddings({ texts }, call));
      return { model: body.model, embeddings: body.embeddings, receipt };
    }),
});
