import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { pause } from '../prove/poll.ts';
import type { Target } from './case.ts';

export interface Reply {
  /** 0: the connection was cut without a reply. */
  readonly status: number;
  readonly head: string;
  readonly text: string;
}

/** Longer than any deadline of the server: a server that hangs is an answer too. */
const LONGEST_MS = 40_000;

export async function open(url: URL): Promise<Socket> {
  const tls = url.protocol === 'https:';
  const port = Number(url.port || (tls ? 443 : 80));
  const socket = tls ? connectTls({ host: url.hostname, port, servername: url.hostname }) : connectTcp(port, url.hostname);
  await once(socket, tls ? 'secureConnect' : 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** What honest callers are told too while the server, the store or the issuer has no time: alone, or within a batch. */
const PASSING = /"(?:capacity\.overloaded|limit\.store_down|auth\.unavailable)"/;
const MOST_TRIES = 40;
const PAUSE_MS = 250;

/**
 * Sends the bytes as they are, and reads until the server closes. A server that has no time has said nothing of the request, so it
 * is asked again. @throws when there is no server
 */
export async function exchange(url: URL, bytes: string | Uint8Array): Promise<Reply> {
  for (let tries = 1; ; tries += 1) {
    const reply = await exchangeOnce(url, bytes);
    if (!PASSING.test(reply.text) || tries === MOST_TRIES) return reply;
    await pause(PAUSE_MS);
  }
}

async function exchangeOnce(url: URL, bytes: string | Uint8Array): Promise<Reply> {
  const socket = await open(url);
  const chunks: Buffer[] = [];
  socket.setTimeout(LONGEST_MS, () => socket.destroy());
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  await closed;
  return parseReply(Buffer.concat(chunks).toString());
}

function parseReply(bytes: string): Reply {
  const [head = ''] = bytes.split('\r\n\r\n', 1);
  const rest = bytes.slice(head.length + 4);
  const text = /^transfer-encoding: chunked$/im.test(head) ? withoutChunks(rest) : rest;
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, text };
}

/** Offsets are of UTF-16 units while sizes are of bytes: right for ASCII, and a search for a word needs no more. */
const withoutChunks = (text: string): string => text.replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n/gi, '');

export interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
}

/** The bytes of a request as a client of the target sends it; a body without a length of its own gets one. */
export function bytesOf({ url, behind, address }: Target, { method, path, headers = [], body }: Ask): Buffer {
  const framed = headers.some((header) => /^(content-length|transfer-encoding)\s*:/i.test(header));
  const lines = [
    `${method ?? (body === undefined ? 'GET' : 'POST')} ${path} HTTP/1.1`,
    `host: ${url.host}`,
    'connection: close',
    ...behind(address),
    ...headers,
    ...(body === undefined || framed ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body ?? '')]);
}

export const ask = (target: Target, request: Ask): Promise<Reply> => exchange(target.url, bytesOf(target, request));

export const json = 'content-type: application/json';
export const bearer = (token: string): string => `authorization: Bearer ${token}`;

/** The code of the error table in a reply; null when there is none. */
export const codeOf = ({ text }: Pick<Reply, 'text'>): string | null => /"twohop":\{"code":"([^"]+)"/.exec(text)?.[1] ?? null;

/** What the only procedure of a reply answered; undefined when it answered nothing. */
export const dataOf = ({ text }: Reply): Record<string, unknown> | undefined => {
  try {
    const { result } = JSON.parse(text) as { result?: { data?: Record<string, unknown> } };
    return result?.data;
  } catch {
    return undefined;
  }
};
