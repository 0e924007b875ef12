import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryRates } from './adapters/memory-rates.ts';
import { testApp } from './testing/test-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'twohop-console-'));
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), '<!doctype html>');
writeFileSync(join(folder, 'assets/index-abc.js'), '1');
afterAll(() => rmSync(folder, { recursive: true }));

const signIn = { apiKey: 'key', projectId: 'my-app', emulator: null };
const ipRates = memoryRates();
const open = async (console: object | null = { folder, signIn }) => (await testApp({ ipRates, console: console as never })).app;

describe('the console', () => {
  it('200 for the page, under a policy that lets nothing in from elsewhere', async () => {
    const { statusCode, headers, body } = await (await open()).inject('/console/');
    expect([statusCode, body]).toEqual([200, '<!doctype html>']);
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
    expect(String(headers['content-security-policy']).split(';').toSorted()).toEqual([
      "base-uri 'none'",
      "connect-src 'self' https://identitytoolkit.googleapis.com https://securetoken.googleapis.com",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
    ]);
  });

  it('is found without its slash; its parts are kept by browsers, how to sign in is not', async () => {
    const app = await open();
    const redirected = await app.inject('/console');
    expect([redirected.statusCode, redirected.headers.location]).toEqual([308, '/console/']);
    const part = await app.inject('/console/assets/index-abc.js');
    expect([part.statusCode, part.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    const described = await app.inject('/console/sign-in.json');
    expect([described.json(), described.headers['cache-control']]).toEqual([signIn, 'no-store']);
  });

  it('speaks with the emulator where that signs users in', async () => {
    const emulator = 'http://127.0.0.1:9099';
    const { headers } = await (await open({ folder, signIn: { ...signIn, emulator } })).inject('/console/');
    expect(headers['content-security-policy']).toContain(`connect-src 'self' ${emulator};`);
  });

  it.each(['/console/none.js', '/console/../package.json', '/console/%2e%2e/package.json', '/console/assets/'])(
    '404 for %s',
    async (url) => {
      expect((await (await open()).inject(url)).statusCode).toBe(404);
    },
  );

  it('404 where there is none', async () => {
    const app = await open(null);
    for (const url of ['/console', '/console/', '/console/sign-in.json']) expect((await app.inject(url)).statusCode).toBe(404);
  });

  it('429 for an address that asks too often', async () => {
    const { app, refused } = await testApp({
      ipRates: { take: async () => 7_000 },
      console: { folder, signIn },
    });
    const { statusCode, headers } = await app.inject('/console/');
    expect([statusCode, headers['retry-after'], refused]).toEqual([429, '7', ['limit.ip']]);
  });

  it('data keeps its own policy', async () => {
    const { headers } = await (await open()).inject('/healthz');
    expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
  });
});
