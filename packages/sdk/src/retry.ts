import { errors } from '@twohop/api/errors';
import type { TwohopError } from './error.ts';

/** Nobody looks at a screen for longer without being told. Longer waits are the caller's to show. */
const MAX_WAIT_MS = 5_000;
const MAX_ATTEMPTS = 3;

/** What to do after a failure; null: tell the caller. */
export type Retry = { readonly waitMs: number; readonly refreshToken: boolean } | null;

/**
 * Retries as the table says. Limits that the user ran into (`owner: client`) are never waited for in silence: the caller
 * shows them. The run's key stays the same over all attempts, so a run that did happen is not paid twice.
 */
export function nextTry(error: TwohopError, attempt: number): Retry {
  if (error.code === 'network.unreachable') return null;
  const { retry, owner } = errors[error.code];
  if (retry === 'refresh') return attempt === 1 ? { waitMs: 0, refreshToken: true } : null;
  // The server says so while its budget of retries lasts: when all calls fail, not all come twice.
  if (retry === 'once' && (attempt > 1 || error.retryAfterMs === undefined)) return null;
  if (retry === 'once') return { waitMs: error.retryAfterMs ?? 0, refreshToken: false };
  if (retry === 'no' || owner === 'client' || attempt >= MAX_ATTEMPTS) return null;
  const waitMs = error.retryAfterMs ?? 1_000;
  return waitMs <= MAX_WAIT_MS ? { waitMs, refreshToken: false } : null;
}
