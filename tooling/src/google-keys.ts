import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { generate } from 'selfsigned';

/** An OpenID Connect issuer beside Google, with the same key. */
export const OTHER_ISSUER = 'https://issuer.example';
const HOSTS = [
  'www.googleapis.com',
  'identitytoolkit.googleapis.com',
  'oauth2.googleapis.com',
  'firebaseappcheck.googleapis.com',
  new URL(OTHER_ISSUER).host,
];

/** A stand-in for Google, so that the production server verifies real signatures without the internet. */
export interface GoogleKeys {
  /** Settings that send the server's HTTPS to the stand-in, make it trust it, and give it an account there. */
  readonly env: Record<string, string>;
  /** The key that it publishes, as PEM. */
  readonly publicKey: string;
  /** A token signed with the published key, or with another of the same name. `header` is put on top of a sound one. */
  token(claims: object, signedBy?: 'google' | 'forger', header?: object): Promise<string>;
  /** What the project knows of a user; others are in good standing. */
  readonly users: Map<string, 'disabled' | 'revoked' | 'deleted'>;
  close(): Promise<void>;
}

/** What stands in the token of a user of a project that the server knows nothing bad of. */
export function soundClaims(projectId: string) {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub: 'ann',
    auth_time: nowSeconds - 5,
    iat: nowSeconds - 5,
    exp: nowSeconds + 3_600,
    firebase: { sign_in_provider: 'password', identities: {} },
  };
}

export async function googleKeys(): Promise<GoogleKeys> {
  const folder = mkdtempSync(join(tmpdir(), 'twohop-google-'));
  const tls = await generate([{ name: 'commonName', value: 'Google' }], {
    notAfterDate: new Date(Date.now() + 86_400_000),
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: HOSTS.map((value) => ({ type: 2, value })) }],
  });
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const forged = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const jwks = { keys: [{ ...(await exportJWK(signing.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }] };
  writeFileSync(join(folder, 'ca.pem'), tls.cert);
  writeFileSync(join(folder, 'account.json'), serviceAccount(forged));

  const users: GoogleKeys['users'] = new Map();
  const google = createServer({ key: tls.private, cert: tls.cert }, (request, response) => {
    void answer({ users, jwks }, request, response);
  });
  google.listen(0, '127.0.0.1');
  await once(google, 'listening');
  const proxy = await proxyTo((google.address() as AddressInfo).port);

  return {
    users,
    env: {
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NO_PROXY: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'account.json'),
    },
    publicKey: String(signing.publicKey.export({ type: 'spki', format: 'pem' })),
    token: (claims, signedBy = 'google', header = {}) =>
      sign(claims, signedBy === 'google' ? signing.privateKey : forged, header),
    close: async () => {
      google.closeAllConnections();
      google.close();
      proxy.closeAllConnections();
      proxy.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function proxyTo(port: number) {
  const proxy = createProxy().on('connect', (_request, socket) => {
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return proxy;
}

const serviceAccount = (key: KeyObject): string =>
  JSON.stringify({
    type: 'service_account',
    client_email: 'server@project.iam.gserviceaccount.com',
    private_key: key.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: 'https://oauth2.googleapis.com/token',
  });

/** The published REST APIs, as far as the server asks for them. */
async function answer(known: { users: GoogleKeys['users']; jwks: object }, request: IncomingMessage, response: ServerResponse) {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(replyTo(known, `${request.headers.host}${request.url}`, body)));
}

function replyTo({ users, jwks }: { users: GoogleKeys['users']; jwks: object }, url: string, body: string): object {
  if (url === 'oauth2.googleapis.com/token') return { access_token: 'access', expires_in: 3_600, token_type: 'Bearer' };
  if (url.endsWith('/.well-known/openid-configuration')) return { issuer: OTHER_ISSUER, jwks_uri: `${OTHER_ISSUER}/keys` };
  if (!url.endsWith('/accounts:lookup')) return jwks;
  const [uid = ''] = (JSON.parse(body) as { localId: string[] }).localId;
  const standing = users.get(uid);
  if (standing === 'deleted') return {};
  const validSince = String(standing === 'revoked' ? Math.floor(Date.now() / 1000) : 0);
  return { users: [{ localId: uid, disabled: standing === 'disabled', validSince }] };
}

const sign = (claims: object, key: KeyObject, header: object): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: 'key-1', typ: 'JWT', ...header }).sign(key);
