import type { Ending } from './endings.ts';

/** One admitted run as it was seen from outside the ledger. */
export interface Attempt {
  readonly runId: string;
  readonly owner: string;
  readonly key: string;
  readonly estimateUs: number;
  readonly worstMicroUsd: number;
  sentAtMs: number | null;
  /** Set when the model ended it and a living server learned of it. */
  ended: { readonly ending: Ending; readonly wallUs: number } | null;
  /** The server that runs it was killed. */
  abandoned: boolean;
  leaseUntilMs: number;
  /** Some store operation of its own failed. */
  faulted: boolean;
  /** Its lease was seen to have ended. */
  everExpired: boolean;
  /** Its account was deleted: the ledger doesn't tell its amounts any more. */
  deleted: boolean;
  /** What it adds to the windows, as last known. */
  last: Share;
}

/** What one run adds to the budgets. */
export interface Share {
  readonly state: string;
  readonly userSettled: number;
  readonly userHeld: number;
  readonly capSettled: number;
  readonly capHeld: number;
}

export const nothing: Share = { state: 'gone', userSettled: 0, userHeld: 0, capSettled: 0, capHeld: 0 };

export const newAttempt = (
  fixed: Pick<Attempt, 'runId' | 'owner' | 'key' | 'estimateUs' | 'worstMicroUsd' | 'leaseUntilMs'>,
): Attempt => ({
  ...fixed,
  sentAtMs: null,
  ended: null,
  abandoned: false,
  faulted: false,
  everExpired: false,
  deleted: false,
  last: nothing,
});

/** A call of a client, and where it stands: `free` is what must come to rest before anything is judged. */
export interface Call {
  readonly owner: string;
  readonly leaving: AbortController;
  at: 'free' | 'model' | 'waiting' | 'done';
  /** The run that the model was given for it. */
  attempt: Attempt | null;
  end: (ending: Ending) => void;
}

export interface Refusal {
  readonly owner: string;
  readonly code: string;
  readonly estimateUs: number;
}
