import { newestFirst } from './library.ts';
import type { SavedPassage } from './passage.ts';

export interface LibraryFile {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

type Format = 'json' | 'markdown';

/** All that is saved, without what can be computed from it. */
export const libraryFile = (passages: readonly SavedPassage[], format: Format, nowMs: number): LibraryFile => {
  const iso = new Date(nowMs).toISOString();
  const name = `twohop-library-${iso.slice(0, 10)}`;
  const list = newestFirst(passages);
  return format === 'json'
    ? { name: `${name}.json`, type: 'application/json', content: json(list, iso) }
    : { name: `${name}.md`, type: 'text/markdown', content: markdown(list) };
};

const json = (passages: readonly SavedPassage[], exportedAt: string): string => {
  const plain = passages.map(({ text, url, title, note, tags, createdMs }) => ({
    text,
    url,
    title,
    note,
    tags,
    createdAt: new Date(createdMs).toISOString(),
  }));
  return `${JSON.stringify({ exportedAt, passages: plain }, null, 2)}\n`;
};

const markdown = (passages: readonly SavedPassage[]): string => ['# Library', ...passages.map(section), ''].join('\n\n');

const section = ({ text, url, title, note, tags }: SavedPassage): string => {
  const source = `[${escaped(title) || url}](<${url.replaceAll('>', '%3E')}>)`;
  const parts = [quote(text), note && escaped(note), [source, ...tags.map((tag) => `#${tag.replaceAll(' ', '-')}`)].join(' · ')];
  return parts.filter(Boolean).join('\n\n');
};

const quote = (text: string): string =>
  escaped(text)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');

/** Characters by which Markdown would read a text as more than text. */
const escaped = (text: string): string => text.replaceAll(/[\\`*_[\]<>#|~]/g, String.raw`\$&`);
