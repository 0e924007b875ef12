import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { HttpFault } from './http-fault.ts';

/** Longer than any query of ours. Fastify's own limit on a parameter is as long, and answers in other words. */
export const MAX_URL_CHARS = 4_096;

/** Headers that may come once: of two, each hop behind would believe another one. */
const ONCE = new Set([
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

/** What is wrong with a request by its head alone, before its body is read; null when it may go on. */
export function headFault({ raw, headers, ip, is404 }: FastifyRequest): HttpFault | null {
  if ((raw.url?.length ?? 0) > MAX_URL_CHARS) return { code: 'request.uri_too_long' };
  const doubled = doubledHeader(raw.rawHeaders);
  if (doubled !== null) return invalid(doubled, 'must come once');
  if (isIP(ip) === 0) return invalid('x-forwarded-for', 'must be an address as the proxy saw it');
  if (is404) return { code: 'request.not_found' };
  const { 'content-type': type, 'content-encoding': content = 'identity', 'transfer-encoding': transfer = 'chunked' } = headers;
  // A packed body has no length before it is unpacked: a kilobyte may be a gigabyte.
  if (content.toLowerCase() !== 'identity' || transfer.toLowerCase() !== 'chunked')
    return { code: 'request.media_type', message: 'Send the body uncompressed.' };
  // tRPC streams multipart past Fastify's body limit, and a form needs no preflight: only JSON gets as far as a parser.
  if (type !== undefined && !/^application\/json(;|$)/i.test(type)) return { code: 'request.media_type' };
  return null;
}

const invalid = (field: string, reason: string): HttpFault => ({ code: 'input.invalid', field, message: `${field}: ${reason}` });

function doubledHeader(rawHeaders: readonly string[]): string | null {
  const seen: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!ONCE.has(name)) continue;
    if (seen.includes(name)) return name;
    seen.push(name);
  }
  return null;
}
