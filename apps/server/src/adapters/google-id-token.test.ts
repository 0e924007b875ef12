import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { googleIdToken } from './google-id-token.ts';

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const AUDIENCE = 'https://model.example.run.app';

/** What a machine of Google's answers under 169.254.169.254. */
async function metadataServer() {
  const asked: string[] = [];
  let isUp = true;
  let lifeSeconds = 3_600;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://metadata');
    response.setHeader('metadata-flavor', 'Google');
    if (request.headers['metadata-flavor'] !== 'Google') return void response.writeHead(403).end();
    if (!url.pathname.endsWith('/service-accounts/default/identity')) return void response.end('{}');
    asked.push(url.searchParams.get('audience') ?? '');
    if (!isUp) return void response.writeHead(404).end();
    const claims = { aud: url.searchParams.get('audience'), exp: Math.floor(Date.now() / 1000) + lifeSeconds, n: asked.length };
    response.end(`${base64({ alg: 'none' })}.${base64(claims)}.signature`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });
  vi.stubEnv('GCE_METADATA_HOST', `127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  vi.stubEnv('HOME', '/nonexistent');
  return {
    asked,
    goDown: () => void (isUp = false),
    comeBack: () => void (isUp = true),
    shorten: () => void (lifeSeconds = 1),
  };
}

const claimsOf = ({ authorization = '' }: Record<string, string>) =>
  JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString()) as { aud: string; n: number };

it('brings an ID token for the model alone, and asks for it once', async () => {
  const metadata = await metadataServer();
  const authorize = googleIdToken({ audience: AUDIENCE });
  const headers = await authorize();
  expect(headers['authorization']).toMatch(/^Bearer /);
  expect(claimsOf(headers).aud).toBe(AUDIENCE);
  expect(await authorize()).toEqual(headers);
  expect(metadata.asked).toEqual([AUDIENCE]);
});

it('a token that ends is replaced before it does', async () => {
  const metadata = await metadataServer();
  metadata.shorten();
  const authorize = googleIdToken({ audience: AUDIENCE });
  expect(claimsOf(await authorize()).n).toBe(1);
  expect(claimsOf(await authorize()).n).toBe(2);
});

it('rejects while there is none, and brings one as soon as there is', async () => {
  const metadata = await metadataServer();
  metadata.goDown();
  const authorize = googleIdToken({ audience: AUDIENCE });
  await expect(authorize()).rejects.toThrow('Could not fetch ID token');
  metadata.comeBack();
  expect(await authorize()).toHaveProperty('authorization');
});
