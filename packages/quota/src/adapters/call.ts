import { StoreDown } from '../ports.ts';

/**
 * `soon`: refused at the deadline, and at once while the store is known not to answer. `patient`: waits for it to come back.
 * `kept`: patient, and told to the store also when the caller has stopped waiting.
 */
export type Manner = 'soon' | 'patient' | 'kept';

export interface CallOptions<T> {
  readonly manner: Manner;
  /** Told the value, if one still comes after the deadline. */
  readonly late?: (value: T) => void;
  /** Told when the call was sent and nobody knows what became of it. */
  readonly lost?: () => void;
}

/** One operation on its way: it is answered or refused once, and what comes later is told to `late`. */
export interface Call {
  /** JSON: `[operation, argument, …]`. */
  readonly text: string;
  readonly manner: Manner;
  /** Its place among those of its batch. */
  readonly rank: number;
  answer(value: unknown): void;
  refuse(error: Error): void;
  lose(): void;
  /** Failed flights. */
  tries: number;
  /** Sent with no other, since one that it was sent with cannot be done. */
  alone: boolean;
}

/** Calls that wait at the same time have no order among each other: what frees a budget goes first. */
export const rankOf = (operation: string): number => RANKS[operation] ?? RANK_OF_OTHERS;
const RANKS: Readonly<Record<string, number>> = { settle: 0, release: 1, reserve: 3 };
const RANK_OF_OTHERS = 2;

interface Wanted<T> extends CallOptions<T> {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly deadlineMs: number;
  readonly onDeadline: (call: Call) => void;
}

export function newCall<T>({ operation, args, manner, deadlineMs, onDeadline, late, lost }: Wanted<T>): [Call, Promise<T>] {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let waiting = true;
  const done = (): boolean => {
    const first = waiting;
    waiting = false;
    clearTimeout(timer);
    return first;
  };
  const call: Call = {
    text: JSON.stringify([operation, ...args]),
    manner,
    rank: rankOf(operation),
    tries: 0,
    alone: false,
    answer: (value) => (done() ? resolve(value as T) : late?.(value as T)),
    refuse: (error) => {
      if (done()) reject(error);
    },
    lose: () => lost?.(),
  };
  const expire = () => {
    if (!waiting) return;
    onDeadline(call);
    call.refuse(new StoreDown(`the ledger did not answer ${operation} within ${deadlineMs} ms`));
  };
  // An event loop that was busy meets the timer before the answer that has long arrived: one turn later both were seen.
  const timer = setTimeout(() => setImmediate(expire), deadlineMs);
  return [call, promise];
}
