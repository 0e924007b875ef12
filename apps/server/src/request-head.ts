import { isIP } from 'node:net';
import type { HttpFault } from './http-fault.ts';

/** Longer than any query of ours. Fastify's own limit on a parameter is as long, and answers in other words. */
export const MAX_URL_CHARS = 4_096;

/** What is known of a request before its body is read, whatever the host speaks HTTP with. */
export interface RequestHead {
  readonly id: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  /** Of the client: the host says whom it believes. */
  readonly address: string;
  /** Null: it is absent. */
  header(name: string): string | null;
}

/** Headers that may come once: of two, each hop behind would believe another one. */
export const ONCE: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'origin',
  'transfer-encoding',
  'x-client-version',
  'x-firebase-appcheck',
]);

interface Found {
  /** A header that came twice and may come once. */
  readonly doubled: string | null;
  /** Whether anything is served at this address. */
  readonly isKnown: boolean;
}

/** What is wrong with a request by its head alone, before its body is read; null when it may go on. */
export function headFault({ url, address, header }: RequestHead, { doubled, isKnown }: Found): HttpFault | null {
  if (url.length > MAX_URL_CHARS) return { code: 'request.uri_too_long' };
  if (doubled !== null) return invalid(doubled, 'must come once');
  if (isIP(address) === 0) return invalid('x-forwarded-for', 'must be an address as the proxy saw it');
  if (!isKnown) return { code: 'request.not_found' };
  const type = header('content-type');
  const content = header('content-encoding') ?? 'identity';
  const transfer = header('transfer-encoding') ?? 'chunked';
  // A packed body has no length before it is unpacked: a kilobyte may be a gigabyte.
  if (content.toLowerCase() !== 'identity' || transfer.toLowerCase() !== 'chunked')
    return { code: 'request.media_type', message: 'Send the body uncompressed.' };
  // tRPC streams multipart past Fastify's body limit, and a form needs no preflight: only JSON gets as far as a parser.
  if (type !== null && !/^application\/json(;|$)/i.test(type)) return { code: 'request.media_type' };
  return null;
}

const invalid = (field: string, reason: string): HttpFault => ({ code: 'input.invalid', field, message: `${field}: ${reason}` });
