import type { Twohop } from '@twohop/sdk';
import { maxTextChars } from './parts.ts';

export type Highlights = Awaited<ReturnType<Twohop['highlights']['run']['mutate']>>;

export const counts = [3, 5, 10] as const;
export type Count = (typeof counts)[number];

/** What is on the screen: kept for the browser's session, because a popup is gone with the first click beside it. */
export interface Draft {
  readonly text: string;
  readonly count: Count;
  /** The result for exactly this text. */
  readonly result: Highlights | null;
}

export const emptyDraft: Draft = { text: '', count: 5, result: null };

export type TextFit = 'blank' | 'fits' | 'too-long';

export const textFit = (text: string): TextFit => {
  if (text.length > maxTextChars) return 'too-long';
  return text.trim() === '' ? 'blank' : 'fits';
};
