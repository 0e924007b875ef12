import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Env } from './processes.ts';

/** An OpenID Connect issuer on loopback, whose tokens are really signed. */
export interface OidcIssuer {
  /** Settings that make it the server's issuer. It has no TLS, so only development takes it. */
  readonly env: Env;
  /** An ID token of that user, valid for an hour, with these claims on top. */
  token(subject: string, claims?: object): string;
  close(): void;
}

const AUDIENCE = 'twohop-load';
const HOUR = 3_600;
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Ed25519: hundreds of thousands of tokens are signed in seconds. */
export async function oidcIssuer(): Promise<OidcIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'EdDSA', use: 'sig' }];
  const server = createServer((request, response) => {
    const isDiscovery = request.url?.endsWith('/openid-configuration') ?? false;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isDiscovery ? { issuer: url, jwks_uri: `${url}/keys` } : { keys }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const header = part({ alg: 'EdDSA', kid: 'key-1', typ: 'JWT' });
  return {
    env: { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: url, OIDC_AUDIENCE: AUDIENCE },
    token: (subject, more = {}) => {
      const nowSeconds = Math.floor(Date.now() / 1000);
      const claims = { iss: url, aud: AUDIENCE, sub: subject, iat: nowSeconds, exp: nowSeconds + HOUR, ...more };
      const signed = `${header}.${part(claims)}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
