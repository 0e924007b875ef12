import type { FastifyRequest } from 'fastify';
import { ONCE, type RequestHead } from './request-head.ts';

/** The head of a request to Fastify. */
export const fastifyHead = ({ id, raw, ip, headers }: FastifyRequest): RequestHead => ({
  id,
  url: raw.url ?? '',
  address: ip,
  // Of those that are asked for, none comes twice: `headFault` has refused that.
  header: (name) => {
    const value = headers[name];
    return value === undefined ? null : String(value);
  },
});

export function doubledHeader(rawHeaders: readonly string[]): string | null {
  const seen: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!ONCE.has(name)) continue;
    if (seen.includes(name)) return name;
    seen.push(name);
  }
  return null;
}
