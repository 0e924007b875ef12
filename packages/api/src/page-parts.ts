/** A stretch of a page: `page.slice(start, start + text.length)` is `text`. */
export interface PagePart {
  readonly text: string;
  readonly start: number;
}

/** The first part is about a page: its marks are there before somebody has looked for them. The others are about three. */
const PART_CHARS = [3_000, 8_000] as const;

/** Where a part may end, best first: a paragraph, a sentence, a word. */
const ENDS = [/\n\s*\n/g, /[.!?…؟।]+\s|[。！？]/g, /\s/g];

/** The page in parts that a model can answer one after another. A part of nothing but white space is none. */
export function pageParts(page: string, [firstChars, otherChars]: readonly [number, number] = PART_CHARS): PagePart[] {
  const parts: PagePart[] = [];
  let start = 0;
  while (start < page.length) {
    const partChars = parts.length === 0 ? firstChars : otherChars;
    const end = start + partEnd(page.slice(start, start + partChars + 1), partChars);
    const text = page.slice(start, end);
    if (text.trim() !== '') parts.push({ text, start });
    start = end;
  }
  return parts;
}

/** `rest` is one character longer than a part where the page goes on. */
function partEnd(rest: string, partChars: number): number {
  if (rest.length <= partChars) return rest.length;
  for (const end of ENDS) {
    const last = [...rest.slice(0, partChars).matchAll(end)].at(-1);
    // An end near the beginning would make many small parts.
    if (last && last.index + last[0].length > partChars / 2) return last.index + last[0].length;
  }
  const isCutPair = /[\uD800-\uDBFF]/.test(rest.charAt(partChars - 1)) && /[\uDC00-\uDFFF]/.test(rest.charAt(partChars));
  return isCutPair ? partChars - 1 : partChars;
}
