import type { RequestContext } from '@twohop/api';
import type { FastifyRequest } from 'fastify';
import { ipBucket } from './ip-bucket.ts';

const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;

/** What the router may know of an HTTP request. A header that came twice is no header: nobody knows which one counts. */
export function requestContext(request: FastifyRequest, signal: AbortSignal): RequestContext {
  const { authorization } = request.headers;
  const key = request.headers['idempotency-key'];
  return {
    id: request.id,
    token: BEARER.exec(authorization ?? '')?.[1] ?? null,
    idempotencyKey: key === undefined ? null : String(key),
    ipBucket: ipBucket(request.ip),
    signal,
    timings: new Map(),
  };
}
