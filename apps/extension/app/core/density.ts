import type { Passage } from './flow.ts';

/** Of a hundred sentences, how many are marked at each stop of the slider. */
const shares = [0.04, 0.07, 0.12, 0.18, 0.25] as const;
export const densities = [1, 2, 3, 4, 5] as const;
export type Density = (typeof densities)[number];
export const defaultDensity: Density = 3;
/** The server gives no more for one text. */
const maxMarks = 50;

export interface Scored extends Passage {
  readonly score: number;
}

const countFor = (sentences: number, density: Density): number =>
  Math.min(sentences, Math.max(1, Math.round(sentences * (shares[density - 1] ?? shares[2]))));

/**
 * How many marks to ask for: enough for the densest stop, so that moving the slider asks nobody. A sentence has about 90
 * characters, of Chinese, Japanese and Korean about 30.
 */
export const wantedMarks = (text: string): number => {
  const ideographs = text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0;
  const sentences = Math.max(4, Math.ceil((text.length - ideographs) / 90 + ideographs / 30));
  return Math.min(maxMarks, countFor(sentences, 5));
};

/** The marks of one part that show at a density, in the order of the text. */
export const chosenMarks = <M extends Scored>(marks: readonly M[], sentences: number, density: Density): M[] =>
  marks
    .toSorted((one, other) => other.score - one.score)
    .slice(0, countFor(sentences, density))
    .toSorted((one, other) => one.start - other.start);
