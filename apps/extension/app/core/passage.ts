/** What somebody reads and wants to keep. */
export interface Source {
  readonly text: string;
  readonly url: string;
  readonly title: string;
}

/** What they say about it. */
export interface Remark {
  readonly note: string;
  readonly tags: readonly string[];
}

/** A passage of the library. */
export interface SavedPassage extends Source, Remark {
  /** One of the library's places: its name as a document. */
  readonly place: string;
  /** Null until a model has read it. */
  readonly vector: Int8Array | null;
  /** Vectors of different models must not be compared. */
  readonly model: string;
  readonly createdMs: number;
  /** Saved on this device, and not yet at the database. */
  readonly isPending: boolean;
}

/** What firestore.rules lets through. */
export const limits = { text: 2_000, url: 2_048, title: 300, note: 2_000, tags: 5, tag: 40, vector: 384 } as const;

const cut = (text: string, chars: number): string => text.slice(0, chars).toWellFormed();

/** What of a page may be saved; null for a page without an address on the web. */
export const savable = ({ text, url, title }: Source): Source | null => {
  if (!/^https?:\/\//.test(url) || text === '') return null;
  // Only what stands before the fragment and the query leads to the page for sure.
  const address = [url, url.replace(/#.*$/s, ''), url.replace(/[?#].*$/s, '')].find((each) => each.length <= limits.url);
  return address === undefined ? null : { text: cut(text, limits.text), url: address, title: cut(title, limits.title) };
};

/** Tags as somebody types them: apart by commas, each once, as many as there may be. */
export const tagsFrom = (typed: string): string[] => {
  const tags = typed.split(',').map((tag) => cut(tag.trim().replaceAll(/\s+/g, ' ').toLowerCase(), limits.tag).trim());
  return [...new Set(tags)].filter((tag) => tag !== '').slice(0, limits.tags);
};

export const isSame = (one: Source, other: Source): boolean => one.url === other.url && one.text === other.text;

/** Leads to the passage in its page, in browsers that know text fragments; in others to the page. */
export const linkTo = ({ url, text }: Source): string => {
  const words = text.slice(0, 120).replace(text.length > 120 ? /\s+\S*$/ : /$^/, '');
  const fragment = encodeURIComponent(words).replaceAll('-', '%2D');
  return `${url}${url.includes('#') ? '' : '#'}:~:text=${fragment}`;
};
