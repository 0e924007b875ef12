import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../bundle.ts';
import { english as words, locales, messagesOf } from './words.ts';

const english = Object.entries(messagesOf('en'));
const placeholders = (message: string) => [...new Set(message.match(/\$\d/g))].toSorted();

it('there are three languages, one of them from right to left', () => {
  expect(locales.toSorted()).toEqual(['ar', 'de', 'en']);
  expect(messagesOf('ar').direction.message).toBe('rtl');
});

describe.each(locales)('%s', (locale) => {
  const messages = messagesOf(locale);

  it('lacks no text, and has none that nobody says', () => {
    expect(Object.keys(messages)).toEqual(english.map(([key]) => key));
    for (const [key, { message }] of Object.entries(messages)) expect(message.trim(), key).not.toBe('');
  });

  it('has a place for each value', () => {
    for (const [key, { message }] of english)
      expect(placeholders(messages[key as keyof typeof messages].message), key).toEqual(placeholders(message));
  });
});

it('each text is said somewhere', async () => {
  const files = (await readdir(join(root, 'app'), { recursive: true })).filter((file) => /(?<!\.test)\.tsx?$/.test(file));
  const read = [...files.map((file) => join('app', file)), 'manifest.ts'].map((file) => readFile(join(root, file), 'utf8'));
  const code = (await Promise.all(read)).join('\n');
  const unsaid = english.map(([key]) => key).filter((key) => !key.startsWith('error_') && !key.endsWith('_next'));
  expect(unsaid.filter((key) => ![`'${key}'`, `"${key}"`, `__MSG_${key}__`].some((said) => code.includes(said)))).toEqual([]);
});

it('a key that English lacks does not compile', () => {
  // @ts-expect-error -- the type check fails here as soon as any string is a key
  expect(() => words.text('nobodySaysThis')).toThrow(TypeError);
});
