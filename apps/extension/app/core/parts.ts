import type { Stretch } from './segments.ts';

/** The server refuses longer texts. */
export const maxTextChars = 100_000;

/**
 * The first part is small, so that its marks are on the page before somebody has looked for them; the others grow, so that a
 * book needs two dozen requests and not hundreds, and stay so small that a busy model answers each within its deadline.
 */
const growing = [3_000, 12_000, 40_000] as const;
/** For what shows nothing before its end: as few requests as the server allows. */
export const large = [96_000] as const;
/** A part is not cut smaller than this share of its budget for the sake of a paragraph's end. */
const least = 0.5;

/** Cuts a text into parts to be sent one by one. They cover all of it but white space, and end where a paragraph ends if they can. */
export const partsOf = (text: string, budgets: readonly number[] = growing): Stretch[] => {
  const parts: Stretch[] = [];
  let start = 0;
  while (start < text.length) {
    const budget = budgets[Math.min(parts.length, budgets.length - 1)] ?? maxTextChars;
    // A rest that is hardly more than a part is not worth a request of its own.
    const end = text.length - start <= budget * 1.04 ? text.length : cutBefore(text, { start, end: start + budget });
    if (text.slice(start, end).trim() !== '') parts.push({ start, end });
    start = end;
  }
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
