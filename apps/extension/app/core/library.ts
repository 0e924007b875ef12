import type { SavedPassage } from './passage.ts';
import { similarity } from './vector.ts';

/**
 * When a passage was created that only this device has: Firestore's cache keeps that in whole seconds, and cut off it would come
 * before what the database had in the same second.
 */
export const pendingMs = (keptMs: number): number => Math.floor(keptMs / 1_000) * 1_000 + 999;

export const newestFirst = (passages: readonly SavedPassage[]): SavedPassage[] =>
  passages.toSorted((one, other) => other.createdMs - one.createdMs);

/** All tags, the most used first. */
export const tagsOf = (passages: readonly SavedPassage[]): string[] => {
  const counts = new Map<string, number>();
  for (const tag of passages.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].toSorted(([one, many], [other, more]) => more - many || one.localeCompare(other)).map(([tag]) => tag);
};

export interface Filter {
  readonly words: string;
  /** Null: any. */
  readonly tag: string | null;
}

/** Those that have the tag, and every word somewhere. */
export const filtered = (passages: readonly SavedPassage[], { words, tag }: Filter): SavedPassage[] => {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return passages.filter(({ text, title, note, tags }) => {
    if (tag !== null && !tags.includes(tag)) return false;
    const said = [text, title, note, ...tags].join('\n').toLowerCase();
    return wanted.every((word) => said.includes(word));
  });
};

export interface Meaning {
  readonly vector: Int8Array;
  readonly model: string;
}

/** Closest in meaning first. What another model has read, or none yet, cannot be compared and is left out. */
export const ranked = (passages: readonly SavedPassage[], { vector, model }: Meaning): SavedPassage[] =>
  passages
    .flatMap((passage) =>
      passage.vector && passage.model === model ? [{ passage, score: similarity(passage.vector, vector) }] : [],
    )
    .toSorted((one, other) => other.score - one.score)
    .map(({ passage }) => passage);
