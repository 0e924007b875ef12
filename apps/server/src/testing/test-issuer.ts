import { createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  decodeJwt,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
  UnsecuredJWT,
} from 'jose';

type Key = Awaited<ReturnType<typeof generateKeyPair>> & { readonly kid: string };

/** An issuer on loopback: real keys at a JWKS endpoint, and its users behind the APIs that adapters ask. */
export interface TestIssuer {
  readonly url: string;
  readonly host: string;
  /** With the published key, unless the test says what is wrong. */
  sign(claims: object, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** With a key that is not published, under the published one's name. */
  forge(claims: object): Promise<string>;
  unsigned(claims: object): string;
  /** An HMAC whose secret is the public key, for verifiers that let the token choose the algorithm. */
  confused(claims: object): Promise<string>;
  /** Publishes a new key in place of the old. */
  rotate(): Promise<void>;
  keys: 'up' | 'down' | 'silent' | 'empty' | 'no JSON';
  /** What the issuer calls itself in its discovery document. */
  calledItself: string;
  readonly asked: { keys: number; users: number };
  usersUp: boolean;
  readonly disabled: Set<string>;
  /** Seconds since 1970: sessions from before it are over. */
  readonly sessionsFrom: Map<string, number>;
  readonly deleted: Set<string>;
  close(): Promise<void>;
}

let kids = 0;
const newKey = async (): Promise<Key> => ({ ...(await generateKeyPair('RS256')), kid: `key-${kids++}` });
const published = async ({ publicKey, kid }: Key): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
  alg: 'RS256',
  use: 'sig',
});

export async function testIssuer(): Promise<TestIssuer> {
  let key = await newKey();
  const forger = await newKey();
  const server = createServer((request, response) => void answer(issuer, key, { request, response }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signed = (claims: object, { privateKey }: Key, header: object = {}) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT', ...header }).sign(privateKey);
  const issuer: TestIssuer = {
    url: `http://${host}`,
    host,
    keys: 'up',
    calledItself: `http://${host}`,
    asked: { keys: 0, users: 0 },
    usersUp: true,
    disabled: new Set(),
    sessionsFrom: new Map(),
    deleted: new Set(),
    sign: (claims, header) => signed(claims, key, header),
    forge: (claims) => signed(claims, forger),
    unsigned: (claims) => new UnsecuredJWT({ ...claims }).encode(),
    confused: async (claims) => {
      const secret = createSecretKey(Buffer.from(await exportSPKI(key.publicKey)));
      return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', kid: key.kid, typ: 'JWT' }).sign(secret);
    },
    rotate: async () => {
      key = await newKey();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return issuer;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(issuer: TestIssuer, key: Key, { request, response }: Exchange): Promise<void> {
  const url = request.url ?? '';
  const json = (body: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (url === '/keys') {
    issuer.asked.keys += 1;
    if (issuer.keys === 'up') json({ keys: [await published(key)] });
    if (issuer.keys === 'empty') json({ keys: [] });
    if (issuer.keys === 'no JSON') response.end('<html>');
    if (issuer.keys === 'down') json({}, 500);
  } else if (url === '/.well-known/openid-configuration') {
    json({ issuer: issuer.calledItself, jwks_uri: `${issuer.url}/keys` });
  } else {
    issuer.asked.users += 1;
    if (!issuer.usersUp) json({}, 500);
    else if (url === '/userinfo') userinfo(issuer, request, json);
    else if (url.endsWith('/accounts:lookup')) lookUp(issuer, await bodyOf(request), json);
    else json({}, 404);
  }
}

type Json = (body: unknown, status?: number) => void;

function userinfo(issuer: TestIssuer, request: IncomingMessage, json: Json): void {
  const { sub = '', iat = 0 } = decodeJwt((request.headers.authorization ?? '').replace('Bearer ', ''));
  const over = issuer.deleted.has(sub) || issuer.disabled.has(sub) || iat < (issuer.sessionsFrom.get(sub) ?? 0);
  json(over ? {} : { sub }, over ? 401 : 200);
}

/** Google's published REST API, as firebase-admin asks it. */
function lookUp(issuer: TestIssuer, body: string, json: Json): void {
  const [uid = ''] = (JSON.parse(body) as { localId: string[] }).localId;
  if (issuer.deleted.has(uid)) return json({});
  const validSince = String(issuer.sessionsFrom.get(uid) ?? 0);
  json({ users: [{ localId: uid, disabled: issuer.disabled.has(uid), validSince }] });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
