import { expect, it } from 'vitest';
import { libraryFile } from './library-file.ts';
import { saved } from './testing/saved.ts';

const nowMs = Date.UTC(2026, 0, 15, 12);
const one = saved({
  text: 'Two *stars*\nand a <tag>.',
  url: 'https://example.com/a>b',
  title: 'On [stars]',
  note: 'Look # up',
  tags: ['night sky'],
  vector: new Int8Array(384),
  createdMs: nowMs,
});

it('JSON has all that was saved, and nothing that can be computed', () => {
  const { name, type, content } = libraryFile([one], 'json', nowMs);
  expect([name, type]).toEqual(['twohop-library-2026-01-15.json', 'application/json']);
  const { text, url, title, note, tags } = one;
  expect(JSON.parse(content)).toEqual({
    exportedAt: '2026-01-15T12:00:00.000Z',
    passages: [{ text, url, title, note, tags, createdAt: '2026-01-15T12:00:00.000Z' }],
  });
});

it('Markdown quotes it, and reads no text as more than text', () => {
  const { name, content } = libraryFile([one, saved({ title: '', createdMs: 1 })], 'markdown', nowMs);
  expect(name).toBe('twohop-library-2026-01-15.md');
  expect(content).toBe(
    [
      '# Library',
      '> Two \\*stars\\*\n> and a \\<tag\\>.',
      'Look \\# up',
      '[On \\[stars\\]](<https://example.com/a%3Eb>) · #night-sky',
      '> A sentence.',
      '[https://example.com/](<https://example.com/>)',
      '',
    ].join('\n\n'),
  );
});
