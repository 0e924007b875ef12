import { setTimeout } from 'node:timers/promises';
import type { Answer, MlFailure } from './failure.ts';

/** Of a hundred calls so many may be tried once more: when all fail, the model sees 1.2 requests a call and no storm. */
const RETRIES_PER_CALL = 0.2;
/** What quiet times may save up. */
const MOST_SAVED = 10;

/** A process that starts again listens a moment later. */
const RECONNECT_MS = 250;
/** Longer than a client waits by itself: the user is told, and nobody comes back in silence. */
const MUCH_LATER_MS = 10_000;

/** Tokens earned by calls and spent by retries, this client's own and those that it lets its callers make. */
export function retryBudget() {
  let tokens = 0;
  return {
    earn: (): void => {
      tokens = Math.min(MOST_SAVED, tokens + RETRIES_PER_CALL);
    },
    spend: (): boolean => {
      // Five times a fifth is a little less than one.
      if (tokens < 1 - 1e-9) return false;
      tokens -= 1;
      return true;
    },
  };
}
type Budget = ReturnType<typeof retryBudget>;

interface Retried {
  readonly budget: Budget;
  /** Attempts that the hold on the spend cap covers. What is known to have cost nothing is covered in any case. */
  readonly attempts: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** What all failed attempts before used: null when one of them said nothing, and so the whole is unknown. */
export type Retriable<T> = Exclude<Answer<T>, { ok: false }> & { readonly failedUs: number | null };

const BROKEN = new Set(['upstream.bad_response', 'internal.bug']);

/**
 * Tries a broken call once more, within the budget and what is left of the deadline, and never after the first byte of a
 * reply. A timeout has no time left, and a full queue is not helped by asking at once.
 */
export async function retried<T>(
  { budget, attempts, deadlineMs, signal }: Retried,
  attempt: (deadlineMs: number) => Promise<Answer<T>>,
): Promise<Retriable<T> | { readonly ok: false; readonly failure: MlFailure }> {
  budget.earn();
  const endsMs = performance.now() + deadlineMs;
  const first = await attempt(deadlineMs);
  if (first.ok) return { ...first, failedUs: 0 };
  const { failure } = first;
  const costsNothing = !failure.dispatched || failure.computeUs === 0;
  const isWorthIt = failure.dispatched ? BROKEN.has(failure.code) && !first.begun : failure.code === 'upstream.cold';
  if (!isWorthIt || !(costsNothing || attempts > 1) || signal.aborted || !budget.spend()) return refused(failure, budget);
  if (!failure.dispatched) await setTimeout(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  const leftMs = Math.floor(endsMs - performance.now());
  if (signal.aborted || leftMs < 1) return refused(failure, budget);
  const failedUs = failure.dispatched ? failure.computeUs : 0;
  const second = await attempt(leftMs);
  if (second.ok) return { ...second, failedUs };
  const dispatched = failure.dispatched || second.failure.dispatched;
  const lastUs = second.failure.dispatched ? second.failure.computeUs : 0;
  const computeUs = failedUs === null || lastUs === null ? null : failedUs + lastUs;
  return refused({ ...second.failure, dispatched, computeUs }, budget);
}

/** Tells the caller whether to try again: whoever repeats a failure spends from the same budget as this client does. */
function refused(failure: MlFailure, budget: Budget): { readonly ok: false; readonly failure: MlFailure } {
  const { code, retryAfterMs } = failure;
  if (code === 'upstream.timeout' || BROKEN.has(code)) {
    return { ok: false, failure: { ...failure, retryAfterMs: budget.spend() ? 0 : null } };
  }
  if (code !== 'capacity.overloaded' || budget.spend()) return { ok: false, failure };
  return { ok: false, failure: { ...failure, retryAfterMs: Math.max(retryAfterMs ?? 0, MUCH_LATER_MS) } };
}
