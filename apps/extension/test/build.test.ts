import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildExtension } from '../build.ts';
import { root } from '../bundle.ts';
import { targets } from '../manifest.ts';
import { type Size, sizeLine, sizesOf } from '../sizes.ts';
import { readExtension } from '../store/extension.ts';
import { lint } from '../store/rules.ts';

const settings = {
  serverUrl: 'https://api.example.com',
  otherServers: [],
  firebase: { apiKey: 'key', projectId: 'project' },
  google: { webId: 'web.apps.googleusercontent.com', chromeId: 'chrome.apps.googleusercontent.com' },
  emulators: null,
};
const own = ['package.json', 'tsconfig.json'];
const readOwn = () => Promise.all(own.map((file) => readFile(join(root, file), 'utf8')));

interface Built {
  readonly folder: string;
  readonly manifest: Record<string, unknown>;
  readonly sizes: readonly Size[];
  /** All scripts, joined. */
  readonly code: string;
}

async function read(folder: string): Promise<Built> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js'));
  const code = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Record<string, unknown>;
  return { folder, manifest, sizes: await sizesOf(folder), code: code.join('\n') };
}

let before: string[];
const built = new Map<string, Built>();
beforeAll(async () => {
  before = await readOwn();
  const folders = await buildExtension({ settings, targets, tag: `test-${process.pid}` });
  for (const [index, target] of targets.entries()) built.set(target, await read(folders[index] ?? ''));
}, 120_000);
afterAll(() => Promise.all([...built.values()].map(({ folder }) => rm(folder, { recursive: true }))));

const of = (target: string): Built => {
  const found = built.get(target);
  if (!found) throw new Error(`${target} was not built`);
  return found;
};

/** Matches rather than the code: a failure that prints 400 kB tells nothing. */
const found = (target: string, pattern: RegExp) => new Set([...of(target).code.matchAll(pattern)].map(([match]) => match));

it('Plasmo left our own files alone', async () => {
  expect(await readOwn()).toEqual(before);
});

describe.each(targets)('%s', (target) => {
  it('asks for exactly this', () => {
    // Hashes of icons change with Plasmo's version and say nothing.
    const { icons, action, ...manifest } = of(target).manifest;
    expect(icons).toBeDefined();
    expect(action).toMatchObject({ default_popup: 'popup.html' });
    expect(manifest).toMatchSnapshot();
  });

  it('knows no address but the server’s and what its libraries print or compare', () => {
    const hosts = found(target, /\b(?:https?|wss?):\/\/[a-z0-9.-]+/gi);
    const known = [
      'http://localhost',
      'http://www.w3.org',
      'https://accounts.google.com',
      'https://api.example.com',
      'https://github.com',
      'https://react.dev',
      'https://securetoken.google.com',
      'https://stackoverflow.com',
    ];
    expect(hosts).toEqual(new Set(known));
  });

  it('is what stores take', async () => {
    const { folder, sizes } = of(target);
    console.log(sizeLine(folder, sizes));
    expect(lint(await readExtension(folder, target))).toEqual([]);
  });

  it('carries the database in the side panel and the options alone', async () => {
    const files = (await readdir(of(target).folder, { recursive: true })).filter((file) => file.endsWith('.js'));
    const code = await Promise.all(
      files.toSorted().map(async (file) => [file, await readFile(join(of(target).folder, file), 'utf8')] as const),
    );
    expect(code.filter(([, text]) => text.includes('firestore.googleapis.com')).map(([file]) => file)).toEqual([
      expect.stringMatching(/^options\./),
      expect.stringMatching(/^sidepanel\./),
    ]);
  });
});

it('Chromium’s key gives the id that servers may allow', () => {
  const key = Buffer.from(String(of('chrome-mv3').manifest['key']), 'base64');
  const hex = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const id = hex.replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
  expect(id).toBe('ilfmfmfbllljiidhpoaenbdnagcgfoeg');
});
