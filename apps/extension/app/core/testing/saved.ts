import type { SavedPassage } from '../passage.ts';

/** A passage of a library, with these fields. */
export const saved = (fields: Partial<SavedPassage> = {}): SavedPassage => ({
  place: 'p0000',
  text: 'A sentence.',
  url: 'https://example.com/',
  title: 'A page',
  note: '',
  tags: [],
  vector: null,
  model: '',
  createdMs: 0,
  isPending: false,
  ...fields,
});
