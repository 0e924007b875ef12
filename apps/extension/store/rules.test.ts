import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { root } from '../bundle.ts';
import { localized, manifestFor, type Target } from '../manifest.ts';
import type { Extension, Manifest } from './extension.ts';
import { lint, rules } from './rules.ts';

const settings = {
  serverUrl: 'https://api.example.com',
  otherServers: [],
  firebase: { apiKey: 'AIzaSyA-public-by-design', projectId: 'example' },
  google: null,
  emulators: null,
};
const icons = { 16: 'icon16.png', 48: 'icon48.png', 128: 'icon128.png' };

const manifestOf = (target: Target): Manifest => {
  const { permissions, host_permissions, content_security_policy, ...rest } = manifestFor(target, settings);
  const browser_specific_settings = 'browser_specific_settings' in rest ? rest.browser_specific_settings : undefined;
  return {
    ...localized,
    manifest_version: 3,
    version: '1.2.3',
    icons,
    permissions,
    host_permissions,
    content_security_policy,
    action: { default_popup: 'popup.html' },
    background: { service_worker: 'background.js' },
    ...(browser_specific_settings && { browser_specific_settings }),
  };
};

interface Change {
  readonly manifest?: Manifest;
  /** Null takes a file away. */
  readonly files?: Readonly<Record<string, string | null>>;
  readonly target?: Target;
}

/** The smallest extension that every rule lets pass, and then one thing about it changed. */
function extension({ manifest = {}, files = {}, target = 'chrome-mv3' }: Change = {}): Extension {
  const messages = readFileSync(join(root, '_locales/en/messages.json'), 'utf8');
  const all = {
    'popup.html': '<script src="/popup.1.js"></script>',
    'popup.1.js': 'fetch("https://api.example.com/trpc")',
    'background.js':
      'chrome.contextMenus.create({});chrome.storage.local.get();chrome.scripting.executeScript({files:["page.js"]})',
    'page.js': '',
    ...Object.fromEntries(Object.values(icons).map((path) => [path, ''])),
    '_locales/en/messages.json': messages,
    '_locales/de/messages.json': messages,
    ...files,
  };
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  const bytes = new Map(present.map(([path, text]) => [path, new TextEncoder().encode(text)]));
  return { target, files: bytes, manifest: { ...manifestOf(target), ...manifest } };
}

const script = (text: string): Change => ({ files: { 'page.js': text } });
const policy = (extension_pages: string): Change => ({ manifest: { content_security_policy: { extension_pages } } });
const noise = () => Array.from({ length: 30_000 }, () => Math.random().toString(36)).join();

/** For each rule what it must find. */
const rejected: Record<keyof typeof rules, Change[]> = {
  remoteCode: [
    script('import("https://evil.example/x")'),
    script('importScripts("x.js")'),
    script('s.src="https://cdn.example/lib.js"'),
    script('"https://unpkg.com/react"'),
    { files: { 'popup.html': '<script src="https://evil.example/x"></script>' } },
    { files: { 'popup.html': '<script>alert(1)</script>' } },
    { files: { 'popup.css': '@import "https://fonts.example/a.css"' } },
  ],
  evaluation: [
    script('eval("1")'),
    script('new Function("a")'),
    script('Function("return this")()'),
    script('setTimeout("x()",1)'),
  ],
  firebaseEntry: [
    script('"https://apis.google.com/js/api.js"'),
    script('gapi.load("x")'),
    script('"https://www.google.com/recaptcha/api.js"'),
  ],
  secrets: [
    script('-----BEGIN PRIVATE KEY-----'),
    script('{"private_key":"x"}'),
    script('process.env.ML_KEY'),
    script(`"AKIA${'A'.repeat(16)}"`),
    script(`"ghp_${'a'.repeat(36)}"`),
    script('"postgres://me:secret@db.example/x"'),
    script(`"eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(20)}"`),
  ],
  sourceMaps: [
    { files: { 'popup.1.js.map': '{}' } },
    script('//# sourceMappingURL=page.js.map'),
    script('"/home/ann/twohop/app.ts"'),
  ],
  development: [
    script('"http://127.0.0.1:9099"'),
    script('"http://localhost:8787"'),
    script('fetch("/build-id")'),
    { files: { '.env': '' } },
  ],
  size: [script(noise()), { files: { 'popup.1.js': noise() } }, { files: { 'extra.js': '' } }],
  unusedPermissions: [
    { manifest: { permissions: ['activeTab', 'contextMenus', 'scripting', 'storage', 'sidePanel'] } },
    { manifest: { permissions: ['cookies'] } },
    { manifest: { optional_host_permissions: ['https://eu.example.com/*'] } },
  ],
  hostPermissions: [
    { manifest: { host_permissions: ['<all_urls>'] } },
    { manifest: { host_permissions: ['*://*/*'] } },
    { manifest: { host_permissions: ['http://api.example.com/*'] } },
    { manifest: { optional_host_permissions: ['https://*/*'] } },
    { manifest: { content_scripts: [{}] } },
  ],
  contentPolicy: [
    policy("script-src 'self' https://cdn.example; connect-src 'self'"),
    policy("script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'"),
    policy("script-src 'self'; connect-src *"),
    policy("script-src 'self'"),
    policy("connect-src 'self'"),
  ],
  manifestFields: [
    { manifest: { manifest_version: 2 } },
    { manifest: { key: 'x' } },
    { manifest: { update_url: 'https://example.com' } },
    { manifest: { version: '1.0-beta' } },
    { manifest: { name: '__MSG_nothing__' } },
    { manifest: { description: 'x'.repeat(133) } },
    { manifest: { icons: {} } },
    { target: 'firefox-mv3', manifest: { browser_specific_settings: {} } },
    { target: 'firefox-mv3', manifest: { browser_specific_settings: { gecko: { id: 'a@b' } } } },
  ],
  missingFiles: [
    { files: { 'background.js': null } },
    { files: { 'icon16.png': null } },
    { files: { 'page.js': null } },
    { files: { 'popup.html': '<script src="/gone.js"></script>' } },
  ],
  locales: [{ files: { '_locales/de/messages.json': '{}' } }, { manifest: { default_locale: 'fr' } }],
};

it.each(['chrome-mv3', 'firefox-mv3'] as const)('%s: lets pass what is fine', (target) => {
  expect(lint(extension({ target }))).toEqual([]);
});

it('lets pass other servers that are asked for when one is chosen', () => {
  const manifest = { optional_host_permissions: ['https://eu.example.com/*'] };
  expect(lint(extension({ manifest, ...script('chrome.permissions.request({origins})') }))).toEqual([]);
});

it.each(Object.entries(rejected))('%s', (name, changes) => {
  for (const change of changes) {
    const findings = lint(extension(change));
    expect(
      findings.some((finding) => finding.startsWith(`${name}: `)),
      JSON.stringify(change).slice(0, 120),
    ).toBe(true);
  }
});

it.each([
  ['firebase/auth', false],
  ['firebase/auth/web-extension', true],
])('%s really is told apart', async (entry, passes) => {
  const stdin = { contents: `export * from '${entry}'`, resolveDir: root };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'auth',
    minify: true,
    logLevel: 'silent',
  });
  const findings = rules.firebaseEntry(extension(script(outputFiles[0]?.text ?? '')));
  expect(findings.length === 0).toBe(passes);
});
