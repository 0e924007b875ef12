import { type ErrorCode, errors, type FaultDetails } from '@twohop/api';
import type { FastifyReply } from 'fastify';

export type HttpFault = Omit<FaultDetails, 'message'> & { readonly message?: string };

const byStatus: Record<number, ErrorCode> = {
  400: 'input.invalid',
  404: 'request.not_found',
  405: 'request.not_found',
  408: 'request.timeout',
  413: 'input.too_large',
  414: 'request.uri_too_long',
  415: 'request.media_type',
};

/** A body that our own parser refuses, in words that its sender may read. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  readonly statusCode = 400;
}

/** What a client may know of a failure outside the router. Anything unknown is our bug, and says nothing. */
export function httpFault(error: unknown, reference: string): HttpFault {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  // The client left in the middle of its own body.
  if ((error as { code?: unknown } | null)?.code === 'ECONNRESET') return { code: 'request.cancelled' };
  const code = byStatus[status];
  if (!code) return { code: 'internal.bug', reference };
  if (code === 'input.too_large') return { code, field: 'body', message: 'body: is larger than allowed' };
  if (code === 'input.invalid') return { code, field: 'body', message: `body: ${bodyReason(error)}` };
  return { code };
}

const bodyReason = (error: unknown): string => (error instanceof BodyRefused ? error.message : 'is not a valid request');

/** The same shape as the router's errors, so that a client reads both with one reader. */
export function faultBody({ code, ...more }: HttpFault) {
  const { http, message } = errors[code];
  const fault: FaultDetails = { code, message, ...more };
  return { error: { message: fault.message, code: -32_603, data: { httpStatus: http, twohop: fault } } };
}

export function faultHead({ code, retryAfterMs }: HttpFault): {
  readonly status: number;
  readonly headers: Record<string, string>;
} {
  const wait = retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  return { status: errors[code].http, headers: { 'cache-control': 'no-store', ...wait } };
}

export function sendFault(reply: FastifyReply, fault: HttpFault, refused: (code: ErrorCode) => void): FastifyReply {
  refused(fault.code);
  const { status, headers } = faultHead(fault);
  return reply.code(status).headers(headers).send(faultBody(fault));
}
