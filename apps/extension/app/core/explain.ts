import type { TwohopErrorCode } from '@twohop/sdk';
import type { Failure } from './failure.ts';
import { remedies, type Remedy } from './remedies.ts';
import { type Clock, resetText } from './time.ts';
import type { Words } from './words.ts';

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
  readonly words: Words;
}

/** `limit.rate` → `error_limit_rate`: a code of the table without a sentence is no key of the messages, and does not compile. */
type SentenceKey<C extends string> = C extends `${infer Group}.${infer Name}` ? `error_${Group}_${Name}` : never;

const keyOf = (code: TwohopErrorCode) => `error_${code.replace('.', '_')}` as SentenceKey<TwohopErrorCode>;

/** One sentence that says what happened. */
export const titleOf = (code: TwohopErrorCode, { text }: Words): string => text(keyOf(code));

/** What to tell the user about a failure. */
export const explain = (failure: Failure, { clock, online, words }: Circumstances): Explanation => {
  const { text } = words;
  // Offline is the one failure that is told by the browser: the server may well be up.
  const told = failure.code === 'network.unreachable' && !online ? 'offline' : keyOf(failure.code);
  const own = isUnproven(failure) ? 'unproven' : isOvercrowded(failure) ? 'overcrowded' : null;
  const key = own ?? told;
  const reset = failure.resetsAt === undefined ? '' : ` ${resetText(failure.resetsAt, clock, words)}.`;
  return {
    title: text(key),
    next: text(`${key}_next`) + reset,
    remedy: own === null ? remedies[failure.code] : 'retry',
    waitMs: failure.retryAfterMs ?? 0,
    reference: failure.reference ?? null,
  };
};

/** By this header it is the app that could not prove itself, and no other account would help. */
const isUnproven = ({ code, field }: Failure): boolean => code === 'auth.forbidden' && field === 'x-firebase-appcheck';

/** Of two libraries that were to become one: no allowance is used up, and none will be full again. */
const isOvercrowded = ({ code, field }: Failure): boolean => code === 'limit.quota' && field === 'library';
