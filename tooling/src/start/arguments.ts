import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { Refusal } from '../refusal.ts';
import { root } from '../root.ts';

export interface StartOptions {
  /** End after the result instead of serving on. */
  readonly once: boolean;
  /** One JSON object on standard output, all else on standard error. */
  readonly json: boolean;
  readonly source:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'words'; readonly words: string }
    | { readonly kind: 'stdin' };
}

/** What the model takes at most. */
const mostChars = 100_000;

const usage = 'npm start -- [--once] [--json] [--file PATH | --text WORDS | --text -]';

/** @throws Refusal naming the option that is wrong */
export const parseStart = (argv: readonly string[], folder: string): StartOptions => {
  const { once, json, file, text } = parse(argv);
  if (file !== undefined && text !== undefined) throw new Refusal('Give either --file or --text, not both.');
  const words = { kind: text === '-' ? 'stdin' : 'words', words: text ?? '' } as const;
  const path = file === undefined ? resolve(root, 'ARCHITECTURE.md') : resolve(folder, file);
  return { once, json, source: text === undefined ? { kind: 'file', path } : words };
};

const parse = (argv: readonly string[]) => {
  try {
    const options = {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      file: { type: 'string' },
      text: { type: 'string' },
    } as const;
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/\. (?=To specify)|\n/);
    throw new Refusal(`${sentence?.replace(/\.$/, '')}. Usage: ${usage}`);
  }
};

export interface ReadText {
  readonly text: string;
  /** For the reader: `ARCHITECTURE.md`, `standard input`. */
  readonly origin: string;
}

/** @throws Refusal when there is no such text, or the model would not take it */
export const readText = async ({ source }: StartOptions): Promise<ReadText> => {
  const read =
    source.kind === 'file'
      ? await readDocument(source.path)
      : source.kind === 'stdin'
        ? await readInput()
        : { text: source.words, origin: '--text' };
  if (read.text.trim() === '') throw new Refusal(`${read.origin} is empty: the model needs at least one sentence.`);
  if (read.text.length > mostChars) {
    const chars = read.text.length.toLocaleString('en');
    throw new Refusal(
      `${read.origin} has ${chars} characters; the model takes at most ${mostChars.toLocaleString('en')}: give it a part of the text.`,
    );
  }
  return read;
};

const readInput = async (): Promise<ReadText> => ({ text: await readAll(process.stdin), origin: 'standard input' });

const readDocument = async (path: string): Promise<ReadText> => {
  const inside = relative(process.cwd(), path);
  const origin = inside.startsWith('..') ? path : inside;
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    const why =
      error.code === 'ENOENT' ? 'does not exist' : error.code === 'EISDIR' ? 'is a folder' : `cannot be read (${error.code})`;
    throw new Refusal(`${origin} ${why}: --file takes the path of a text file.`);
  });
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), origin };
  } catch {
    throw new Refusal(`${origin} is not UTF-8 text.`);
  }
};
