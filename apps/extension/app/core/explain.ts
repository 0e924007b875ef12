import type { Failure } from './failure.ts';
import { offline, type Remedy, sentences } from './sentences.ts';
import { type Clock, resetText } from './time.ts';

export interface Explanation {
  readonly title: string;
  readonly next: string;
  readonly remedy: Remedy;
  /** Trying again before this has passed would fail again. */
  readonly waitMs: number;
  readonly reference: string | null;
}

export interface Circumstances {
  readonly clock: Clock;
  readonly online: boolean;
}

/** What to tell the user about a failure. */
export const explain = (failure: Failure, { clock, online }: Circumstances): Explanation => {
  const { title, next, remedy } = failure.code === 'network.unreachable' && !online ? offline : sentences[failure.code];
  const reset = failure.resetsAt === undefined ? '' : ` ${resetText(failure.resetsAt, clock)}.`;
  return { title, next: next + reset, remedy, waitMs: failure.retryAfterMs ?? 0, reference: failure.reference ?? null };
};
