import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseStart, readText } from './arguments.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twohop-text-'));
  await writeFile(join(folder, 'empty.txt'), ' \n\t');
  await writeFile(join(folder, 'latin1.txt'), Buffer.from([0x63, 0x61, 0x66, 0xe9]));
  await writeFile(join(folder, 'long.txt'), 'a'.repeat(100_001));
  await writeFile(join(folder, 'most.txt'), 'a'.repeat(100_000));
});

afterAll(() => rm(folder, { recursive: true }));

const read = (...argv: string[]) => readText(parseStart(argv, folder));

test('without arguments the text is ARCHITECTURE.md, and it serves on', () => {
  const { once, json, source } = parseStart([], folder);
  expect({ once, json }).toEqual({ once: false, json: false });
  expect(source).toMatchObject({ kind: 'file', path: expect.stringMatching(/\/ARCHITECTURE\.md$/) });
});

test('words are taken as they are, a lone dash is standard input', async () => {
  expect(await read('--text', 'Two words.')).toEqual({ text: 'Two words.', origin: '--text' });
  expect(parseStart(['--text', '-'], folder).source.kind).toBe('stdin');
});

test('the longest text that the model takes is taken', async () => {
  expect((await read('--file', 'most.txt')).text).toHaveLength(100_000);
});

test.each([
  [['--onec'], /^Unknown option '--onec'\. Usage: npm start -- \[--once\]/],
  [['words'], /^Unexpected argument 'words'\..*Usage: npm start/],
  [['--file'], /^Option '--file <value>' argument missing\. Usage/],
  [['--once=no'], /^Option '--once' does not take an argument\. Usage/],
  [['--file', 'a', '--text', 'b'], /^Give either --file or --text, not both\.$/],
])('%j is refused in one sentence', (argv, message) => {
  expect(() => parseStart(argv, folder)).toThrow(message);
});

test.each([
  [['--file', 'none.txt'], /none\.txt does not exist: --file takes the path of a text file\.$/],
  [['--file', '.'], /is a folder: --file takes/],
  [['--file', 'empty.txt'], /empty\.txt is empty: the model needs at least one sentence\.$/],
  [['--file', 'latin1.txt'], /latin1\.txt is not UTF-8 text\.$/],
  [['--file', 'long.txt'], /long\.txt has 100,001 characters; the model takes at most 100,000: give it a part of the text\.$/],
  [['--text', '  '], /^--text is empty/],
])('%j is refused in one sentence', async (argv, message) => {
  await expect(read(...argv)).rejects.toThrow(message);
});
