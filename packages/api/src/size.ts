/**
 * What the cost of a run grows with, in characters. A sentence is a row of its own in the model's batches, with a beginning, an
 * end and some padding: on the model that ships it costs what about twenty characters cost.
 */
export interface Extent {
  readonly chars: number;
  readonly sentences: number;
}

const CHARS_OF_A_SENTENCE = 20;
/** Where nobody has counted them. */
const USUAL_CHARS = 100;

export const sizeOf = ({ chars, sentences }: Extent): number => chars + CHARS_OF_A_SENTENCE * sentences;

/** Ends of sentences: cheap, and near enough to what the model's own splitter finds. */
const END = /[.!?…؟।]+(?=\s|$)|[。！？]/gu;

export const extentOf = (texts: readonly string[]): Extent => ({
  chars: texts.reduce((sum, text) => sum + text.length, 0),
  sentences: texts.reduce((sum, text) => sum + Math.max(1, text.match(END)?.length ?? 0), 0),
});

/** The same of a text that only its owner knows. */
export const extentToQuote = ({ chars, sentences }: { chars: number; sentences?: number | undefined }): Extent => ({
  chars,
  sentences: sentences ?? Math.ceil(chars / USUAL_CHARS),
});
