import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importPKCS8, SignJWT } from 'jose';
import { generate } from 'selfsigned';

const GOOGLE = 'www.googleapis.com';

/** A stand-in for Google's key endpoint, so that the production server verifies real signatures without the internet. */
export interface GoogleKeys {
  /** Settings that send the server's HTTPS to the stand-in, and make it trust it. */
  readonly env: Record<string, string>;
  /** A token signed with the published key, or with another of the same name. */
  token(claims: object, signedBy?: 'google' | 'forger'): Promise<string>;
  close(): Promise<void>;
}

export async function googleKeys(): Promise<GoogleKeys> {
  const folder = mkdtempSync(join(tmpdir(), 'twohop-google-'));
  const days = { notAfterDate: new Date(Date.now() + 86_400_000) };
  const name = [{ name: 'commonName', value: GOOGLE }];
  const tls = await generate(name, {
    ...days,
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: GOOGLE }] }],
  });
  const signing = await generate(name, { ...days, keySize: 2048 });
  const forged = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  writeFileSync(join(folder, 'ca.pem'), tls.cert);

  const keys = createServer({ key: tls.private, cert: tls.cert }, (_request, response) => {
    response.setHeader('cache-control', 'public, max-age=3600').setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ 'key-1': new X509Certificate(signing.cert).toString() }));
  });
  keys.listen(0, '127.0.0.1');
  await once(keys, 'listening');
  const proxy = createProxy().on('connect', (_request, socket) => {
    const upstream = connect((keys.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');

  return {
    env: {
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NO_PROXY: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    },
    token: (claims, signedBy = 'google') => sign(claims, signedBy === 'google' ? signing.private : forged),
    close: async () => {
      keys.closeAllConnections();
      keys.close();
      proxy.closeAllConnections();
      proxy.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function sign(claims: object, key: string | KeyObject): Promise<string> {
  const signer = typeof key === 'string' ? await importPKCS8(key, 'RS256') : key;
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'key-1', typ: 'JWT' }).sign(signer);
}
