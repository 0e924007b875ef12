import { randomUUIDv7 } from 'node:crypto';
import type { Context, RequestContext } from '@twohop/api';
import type { FastifyRequest } from 'fastify';
import { ipBucket } from './ip-bucket.ts';

const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;

/** All that a procedure gets for a request; the signal aborts when its client leaves. */
export type ContextOf = (request: FastifyRequest, signal: AbortSignal) => Context;

/** What the router may know of an HTTP request. */
export function requestContext(request: FastifyRequest, signal: AbortSignal): RequestContext {
  const { authorization } = request.headers;
  let runs = 0;
  return {
    id: request.id,
    newRunId: () => (runs++ === 0 ? request.id : randomUUIDv7()),
    token: BEARER.exec(authorization ?? '')?.[1] ?? null,
    appCheckToken: single(request.headers['x-firebase-appcheck']),
    clientVersion: single(request.headers['x-client-version']),
    traceparent: single(request.headers['traceparent']),
    idempotencyKey: single(request.headers['idempotency-key']),
    ipBucket: ipBucket(request.ip),
    signal,
    timings: new Map(),
  };
}

/** None of these comes twice: `headFault` has refused that. */
const single = (header: string | string[] | undefined): string | null => (header === undefined ? null : String(header));
