import type { Page } from '../middleware/produce.ts';
import { type PagePart, pageParts } from '../page-parts.ts';
import type { Model } from '../ports.ts';
import { metered, streamed } from '../procedures.ts';
import { HighlightsInput, HighlightsOutput } from '../schemas.ts';
import { extentOf, sizeOf } from '../size.ts';
import { t } from '../trpc.ts';

const size = ({ text }: { text: string }) => sizeOf(extentOf([text]));

export const highlights = t.router({
  /** Key sentences of a text, in its order, with offsets in UTF-16 code units. */
  run: metered(HighlightsInput, size)
    .output(HighlightsOutput)
    .mutation(async ({ ctx, input: { text, count, diversity } }) => {
      const { body, receipt } = await ctx.spend((call) => ctx.deps.model.highlights({ text, count, diversity }, call));
      return { model: body.model, highlights: marksFrom(0, body.highlights), sentences: body.sentences, receipt };
    }),

  /** The same of a long page, read in parts: what each part has comes as soon as it is known. Charged once. */
  stream: streamed(HighlightsInput, size).mutation(({ ctx, input }) => ctx.stream(pageOf(ctx.deps.model, input))),
});

interface ModelMark {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** The model's marks in a text that begins at an offset of the page: the fields of our contract, and no others. */
const marksFrom = (offset: number, marks: readonly ModelMark[]): ModelMark[] =>
  marks.map(({ text, start, end, score }) => ({ text, start: offset + start, end: offset + end, score }));

interface Wanted {
  readonly text: string;
  readonly count: number;
  readonly diversity: number;
}

function pageOf(model: Model, { text, count, diversity }: Wanted): Page {
  const parts = pageParts(text);
  const partOf = (index: number): PagePart => {
    const part = parts[index];
    if (!part) throw new RangeError(`the page has no part ${index}`);
    return part;
  };
  return {
    parts: parts.length,
    read: async (index, call) => {
      const part = partOf(index);
      const reply = await model.highlights({ text: part.text, count, diversity }, call);
      if (!reply.ok) return reply;
      const { body } = reply;
      const highlights = marksFrom(part.start, body.highlights);
      const end = part.start + part.text.length;
      return { ...reply, body: { model: body.model, end, sentences: body.sentences, highlights } };
    },
    whole: (all) => ({
      model: all[0]?.model ?? '',
      sentences: all.reduce((sum, { sentences }) => sum + sentences, 0),
      highlights: all
        .flatMap((part) => part.highlights)
        .toSorted((a, b) => b.score - a.score)
        .slice(0, count)
        .toSorted((a, b) => a.start - b.start),
    }),
  };
}
