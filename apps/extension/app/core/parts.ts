import type { Stretch } from './segments.ts';

/** The server refuses longer texts. */
export const maxTextChars = 100_000;

/** What a busy model reads within one run's deadline; a book is two dozen of them. Longer pages are marked after a question. */
export const chunkChars = 40_000;
/** How many requests a page of so many characters takes. */
export const stepsOf = (chars: number): number => Math.max(1, Math.round(chars / chunkChars));

/** For what shows nothing before its end: as few requests as the server allows. */
const largeChars = 96_000;
/** A part is not cut smaller than this share of its budget for the sake of a paragraph's end. */
const least = 0.5;

/** The next part from an offset on: it ends where a paragraph ends if it can. Null where only white space is left. */
export const partFrom = (text: string, from: number, budget = chunkChars): Stretch | null => {
  const start = from + (text.slice(from).match(/^\s+/)?.[0].length ?? 0);
  if (start >= text.length) return null;
  // A rest that is hardly more than a part is not worth a request of its own.
  const end = text.length - start <= budget * 1.04 ? text.length : cutBefore(text, { start, end: start + budget });
  return { start, end };
};

/** Cuts a text into large parts. They cover all of it but white space between them. */
export const partsOf = (text: string, budget = largeChars): Stretch[] => {
  const parts: Stretch[] = [];
  for (let part = partFrom(text, 0, budget); part; part = partFrom(text, part.end, budget)) parts.push(part);
  return parts;
};

const cutBefore = (text: string, { start, end }: Stretch): number => {
  const earliest = start + (end - start) * least;
  for (const boundary of ['\n\n', '\n', '. ', '。', ' ']) {
    const at = text.lastIndexOf(boundary, end - boundary.length);
    if (at >= earliest) return at + boundary.length;
  }
  // Between the halves of a surrogate pair lies no boundary.
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
};
