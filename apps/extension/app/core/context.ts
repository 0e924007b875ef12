import type { Stretch } from './segments.ts';

export interface InContext {
  readonly before: string;
  readonly passage: string;
  readonly after: string;
}

/** Characters on each side that say what a passage is about. */
const aroundChars = 110;

/** A passage with what its paragraph says around it, cut between words. */
export const inContext = (text: string, { start, end }: Stretch): InContext => {
  const opening = text.lastIndexOf('\n\n', start - 1);
  const closing = text.indexOf('\n\n', end);
  const from = Math.max(opening === -1 ? 0 : opening + 2, start - aroundChars);
  const to = Math.min(closing === -1 ? text.length : closing, end + aroundChars);
  const isCutBefore = from > 0 && text[from - 1] !== '\n';
  const isCutAfter = to < text.length && text[to] !== '\n';
  const before = text.slice(from, start).toWellFormed();
  const after = text.slice(end, to).toWellFormed();
  return {
    before: isCutBefore ? before.replace(/^\S*\s?/, '… ') : before,
    passage: text.slice(start, end),
    after: isCutAfter ? after.replace(/\s?\S*$/, ' …') : after,
  };
};
