import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildExtension } from '../build.ts';
import { root } from '../bundle.ts';
import { targets } from '../manifest.ts';
import { type Size, sizeLine, sizesOf } from '../sizes.ts';

const settings = {
  serverUrl: 'https://api.example.com',
  firebase: { apiKey: 'key', projectId: 'project' },
  authEmulatorUrl: null,
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

  it('has all that its manifest names', () => {
    const { folder, manifest } = of(target);
    const background = manifest['background'] as { service_worker?: string; scripts?: string[] };
    const scripts = background.scripts ?? [background.service_worker ?? 'none'];
    for (const file of [...scripts, 'popup.html', 'sidepanel.html', 'page.js', ...Object.values(manifest['icons'] as object)]) {
      expect(existsSync(join(folder, String(file))), String(file)).toBe(true);
    }
  });

  it('knows no address but the server’s and what its libraries print or compare', () => {
    const hosts = found(target, /\b(?:https?|wss?):\/\/[a-z0-9.-]+/gi);
    const known = ['http://localhost', 'http://www.w3.org', 'https://api.example.com', 'https://github.com', 'https://react.dev'];
    expect(hosts).toEqual(new Set(known));
  });

  it('loads no code and makes none of text', () => {
    expect(found(target, /apis\.google\.com|gstatic\.com|google\.com\/recaptcha|importScripts\(/g)).toEqual(new Set());
    expect(found(target, /\beval\(|new Function\(|\bFunction\("/g)).toEqual(new Set());
  });

  it('holds nothing of development', () => {
    expect(found(target, /build-id|127\.0\.0\.1|:9099|\/(?:work|home|root|Users)\//g)).toEqual(new Set());
  });

  it('is small', () => {
    const { folder, sizes } = of(target);
    console.log(sizeLine(folder, sizes));
    const gzipBytes = Object.fromEntries(sizes.map(({ name, gzipBytes }) => [name, gzipBytes]));
    expect(gzipBytes['background.js']).toBeLessThan(200_000);
    expect(gzipBytes['popup.js']).toBeLessThan(150_000);
    expect(gzipBytes['page.js']).toBeLessThan(60_000);
  });
});

it('Chromium’s key gives the id that servers may allow', () => {
  const key = Buffer.from(String(of('chrome-mv3').manifest['key']), 'base64');
  const hex = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const id = hex.replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
  expect(id).toBe('ilfmfmfbllljiidhpoaenbdnagcgfoeg');
});
