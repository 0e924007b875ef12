import { TRPCError } from '@trpc/server';
import { StoreDown } from '@twohop/quota';
import { z } from 'zod';
import { type ErrorCode, errors } from './errors.ts';
import type { WireReceipt } from './receipt.ts';

/** A failure as the client sees it: `data.twohop` of the error. Never holds a stack, a library's text or the user's input. */
export interface FaultDetails {
  readonly code: ErrorCode;
  readonly message: string;
  /** The input field, or the header, that is wrong. */
  readonly field?: string;
  /** For codes whose `retry` is `after`; also sent as `Retry-After`. */
  readonly retryAfterMs?: number;
  /** When the budget is new again, ISO 8601. */
  readonly resetsAt?: string;
  /** The limit that refused: `user-day`, `concurrency`, `cap-month`. */
  readonly limit?: string;
  /** Names the log entry that holds the cause of an `internal.bug`, or the run whose result is gone. */
  readonly reference?: string;
  /**
   * Of the finished run whose result is gone: what it cost when it ran, as its own answer told it, and what is left now. This
   * call costs nothing.
   */
  readonly receipt?: WireReceipt;
}

// tRPC has no key for some statuses of the table; `responseMeta` sends the table's own status, so the nearest key will do.
const trpcKeys: Record<number, TRPCError['code']> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  408: 'TIMEOUT',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  499: 'CLIENT_CLOSED_REQUEST',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
};

/** The only error our own code throws on purpose: a row of the table, with what this case adds to it. */
export class Fault extends TRPCError {
  readonly details: FaultDetails;

  constructor(code: ErrorCode, more: Partial<Omit<FaultDetails, 'code'>> = {}) {
    const { http, message } = errors[code];
    super({ code: trpcKeys[http] ?? 'BAD_REQUEST', message: more.message ?? message });
    this.details = { code, message, ...more };
  }
}

const fromTrpc: Partial<Record<TRPCError['code'], ErrorCode>> = {
  BAD_REQUEST: 'input.invalid',
  PARSE_ERROR: 'input.invalid',
  PAYLOAD_TOO_LARGE: 'input.too_large',
  NOT_FOUND: 'request.not_found',
  METHOD_NOT_SUPPORTED: 'request.not_found',
  UNSUPPORTED_MEDIA_TYPE: 'request.media_type',
  CLIENT_CLOSED_REQUEST: 'request.cancelled',
};

/** What a client may know of any error. What is not in the table is our bug: masked, with a reference into the log. */
export function faultOf(error: TRPCError, reference: string): FaultDetails {
  if (error instanceof Fault) return error.details;
  // A ZodError on a 500 is our own output breaking its schema: a bug, not an input.
  if (error.code === 'BAD_REQUEST' && error.cause instanceof z.ZodError) return inputFault(error.cause);
  if (error.cause instanceof StoreDown)
    return { code: 'limit.store_down', message: errors['limit.store_down'].message, retryAfterMs: 1_000 };
  const code = fromTrpc[error.code];
  if (!code) return { code: 'internal.bug', message: errors['internal.bug'].message, reference };
  if (code.startsWith('input.')) return { code, message: errors[code].message, field: 'body' };
  return { code, message: errors[code].message };
}

function inputFault({ issues }: z.ZodError): FaultDetails {
  const [issue] = issues;
  if (!issue) return { code: 'input.invalid', message: errors['input.invalid'].message, field: 'body' };
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...issue.path, ...unknown].join('.') || 'body';
  const tooLarge = issue.code === 'too_big' && (issue.origin === 'string' || issue.origin === 'array');
  const reason = unknown.length > 0 ? 'is not a known field' : issue.message;
  return { code: tooLarge ? 'input.too_large' : 'input.invalid', message: `${field}: ${reason}`, field };
}
