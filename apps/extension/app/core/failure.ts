import { TwohopError, type TwohopErrorCode } from '@twohop/sdk';

/** A failed call as plain data: an error loses its class on the way from the worker to a page. */
export interface Failure {
  readonly code: TwohopErrorCode;
  readonly retryAfterMs?: number;
  /** ISO 8601. */
  readonly resetsAt?: string;
  readonly field?: string;
  /** Names the server's log entry. */
  readonly reference?: string;
}

/** What passes without anybody's doing: whoever reads a long page waits for it and says so. */
const passing = ['limit.rate', 'limit.concurrency', 'capacity.overloaded', 'upstream.cold'] as const;
export type Passing = (typeof passing)[number];
export const isPassing = (code: Failure['code']): code is Passing => (passing as readonly string[]).includes(code);

/** Carries a failure through a promise. */
export class Failed extends Error {
  override readonly name = 'Failed';
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.code, { cause });
    this.failure = failure;
  }
}

/** Whatever was thrown as a failure that has a sentence; what nobody foresaw is a bug of ours. */
export const toFailure = (error: unknown): Failure => {
  if (error instanceof Failed) return error.failure;
  if (!(error instanceof TwohopError)) return { code: 'internal.bug' };
  const { code, retryAfterMs, resetsAt, field, reference } = error;
  return {
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(resetsAt !== undefined && { resetsAt }),
    ...(field !== undefined && { field }),
    ...(reference !== undefined && { reference }),
  };
};
