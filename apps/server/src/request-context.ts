import type { Context, Deps, RequestContext } from '@twohop/api';
import { v7 as uuidV7 } from 'uuid';
import { ipBucket } from './ip-bucket.ts';
import type { RequestHead } from './request-head.ts';

const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;

/** Ids that grow with time keep a store's newest rows together: a run has the id of its request. */
export const newRequestId = (): string => uuidV7();

/** All that a procedure gets for a request; the signal aborts when its client leaves. */
export type ContextOf = (head: RequestHead, signal: AbortSignal) => Context;

export const contextOf =
  (deps: Deps): ContextOf =>
  (head, signal) => ({ deps, request: requestContext(head, signal) });

/** What the router may know of an HTTP request. */
function requestContext({ id, address, header }: RequestHead, signal: AbortSignal): RequestContext {
  let runs = 0;
  return {
    id,
    newRunId: () => (runs++ === 0 ? id : newRequestId()),
    token: BEARER.exec(header('authorization') ?? '')?.[1] ?? null,
    appCheckToken: header('x-firebase-appcheck'),
    clientVersion: header('x-client-version'),
    traceparent: header('traceparent'),
    idempotencyKey: header('idempotency-key'),
    ipBucket: ipBucket(address),
    signal,
    timings: new Map(),
  };
}
