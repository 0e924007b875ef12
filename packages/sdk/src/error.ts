import { TRPCClientError } from '@trpc/client';
import { type ErrorCode, errors, isErrorCode } from '@twohop/api/errors';
import type { Receipt, TwohopRouter, WireFault } from './contract.ts';

/** The server's table, and the one failure that only a client can see: no answer at all. */
export type TwohopErrorCode = ErrorCode | 'network.unreachable';

/** Every failure of a call. `code` is stable; `message` is one sentence for developers. */
export class TwohopError extends TRPCClientError<TwohopRouter> {
  readonly code: TwohopErrorCode;
  readonly fault: Omit<WireFault, 'code'>;

  constructor(code: TwohopErrorCode, fault: Omit<WireFault, 'code'>, cause: TRPCClientError<TwohopRouter>) {
    super(fault.message, { cause });
    // TRPCClientError sets the prototype to its own, which would make `instanceof TwohopError` false.
    Object.setPrototypeOf(this, TwohopError.prototype);
    this.name = 'TwohopError';
    this.code = code;
    this.fault = fault;
  }

  /** The input field that is wrong. */
  get field(): string | undefined {
    return this.fault.field;
  }

  /** How long to wait before asking again. */
  get retryAfterMs(): number | undefined {
    return this.fault.retryAfterMs;
  }

  /** When the budget is new again, ISO 8601. */
  get resetsAt(): string | undefined {
    return this.fault.resetsAt;
  }

  /** Names the server's log entry, or the run whose result is gone. */
  get reference(): string | undefined {
    return this.fault.reference;
  }

  /** `run.result_gone`: what the finished run cost, and what is left now. The call that was told so costs nothing. */
  get receipt(): Receipt | undefined {
    return this.fault.receipt;
  }
}

/** Reads what came back, also from a proxy in between that answered in its own words. */
export function toTwohopError(error: TRPCClientError<TwohopRouter>): TwohopError {
  if (error instanceof TwohopError) return error;
  const fault = error.data?.twohop;
  // A server newer than this client may know codes that this client does not.
  if (fault && isErrorCode(fault.code satisfies ErrorCode)) return new TwohopError(fault.code, fault, error);
  if (isAbort(error.cause)) return cancelled(error);
  return new TwohopError('network.unreachable', { message: 'The server did not answer.' }, error);
}

/** A failure that came as the last event of a stream. A server newer than this client may know codes that it does not. */
export const ofEvent = ({ code, ...fault }: WireFault): TwohopError =>
  new TwohopError(isErrorCode(code) ? code : 'internal.bug', fault, new TRPCClientError<TwohopRouter>(fault.message));

/** The caller left, before or while the server was asked. */
export const cancelled = (error: TRPCClientError<TwohopRouter>): TwohopError =>
  new TwohopError('request.cancelled', { message: errors['request.cancelled'].message }, error);

const isAbort = (cause: unknown): boolean => cause instanceof Error && cause.name === 'AbortError';
