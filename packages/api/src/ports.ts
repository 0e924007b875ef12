import type { ErrorCode as MlErrorCode, Operations } from '@twohop/ml-client';
import type { Accounts, Policy, Quota } from '@twohop/quota';
import type { Admission } from './admission.ts';
import type { VersionWindow } from './client-version.ts';
import type { ErrorCode } from './errors.ts';
import type { Seen, ShownSettings } from './operator-schemas.ts';
import type { WireReceipt } from './receipt.ts';
import type { Traces } from './traces.ts';

/** Who a verified token speaks for. `issuer` and `uid` together name a user; a uid alone never does. */
export interface Identity {
  readonly issuer: string;
  readonly uid: string;
  readonly anonymous: boolean;
  /** Verified, in lower case; null when there is none. */
  readonly email: string | null;
  /** The person at their provider (`google.com:1234`); null when there is none. */
  readonly subject: string | null;
}

/** Verifies a client's token. A refusal is a value; only a broken verifier throws. */
export interface IdentityProvider {
  verify(token: string): Promise<Identity | { readonly refused: AuthRefusal; readonly retryAfterMs?: number }>;
}
export type AuthRefusal = Extract<
  ErrorCode,
  'auth.invalid' | 'auth.expired' | 'auth.revoked' | 'auth.blocked' | 'auth.unavailable'
>;

/** Whether a call comes from the app itself, and not from a script with a user's token. */
export interface Attestation {
  /**
   * Null: it does. `token` is what the app sent to prove it; `once`: the call is one for which a token may count only once.
   * @throws StoreDown when nobody can say whether it has counted before
   */
  check(token: string | null, once: boolean): Promise<AttestationRefusal | null>;
}
export interface AttestationRefusal {
  readonly refused: Extract<ErrorCode, 'auth.forbidden' | 'auth.unavailable'>;
  readonly retryAfterMs?: number;
}

/** Counts requests by key in windows of a minute. It serves rates, never money. */
export interface Rates {
  /** Null: admitted. Otherwise milliseconds until it makes sense to ask again. */
  take(key: string, perMinute: number): Promise<number | null>;
}

/** Passed along with every call of the model. */
export interface ModelCall {
  readonly runId: string;
  /** Says who is meant without saying who it is: the model lets users take turns. */
  readonly userKey: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** W3C trace context of the step that calls; without it the run names its own trace. */
  readonly traceparent?: string | undefined;
}

/** `dispatched`: bytes of the request may have reached the model, so it may have worked. */
export interface ModelFailure {
  readonly code: MlErrorCode;
  readonly dispatched: boolean;
  /** What the model said it used, null when it said nothing. */
  readonly computeUs: number | null;
  readonly retryAfterMs: number | null;
  readonly field: string | null;
  /** What the model says of the input, for the client whose input it was. */
  readonly message: string | null;
}

/**
 * A failure is a value: the run must be settled by it. `computeUs` is null when the report cannot be read, and so is
 * `failedUs`, what attempts before this one used; absent when there were none. `timings` are the model's own, in milliseconds
 * by name.
 */
export type ModelReply<T> =
  | {
      readonly ok: true;
      readonly body: T;
      readonly computeUs: number | null;
      readonly failedUs?: number | null;
      readonly timings: Readonly<Record<string, number>>;
    }
  | { readonly ok: false; readonly failure: ModelFailure };

/** The second hop: one function an operation of its contract. */
export type Model = {
  readonly [Name in keyof Operations]: (
    request: Operations[Name]['body'],
    call: ModelCall,
  ) => Promise<ModelReply<Operations[Name]['reply']>>;
};

/** What was asked: by whom, under which key of the client's, and the keyed hash of the input. */
export interface Asked {
  readonly owner: string;
  readonly key: string;
  readonly input: string;
}

/** What every procedure that spends answers, beside what is its own. */
export interface RunOutput {
  /** Name and version of the model that answered. */
  readonly model: string;
  readonly receipt: WireReceipt;
}

/** One event of a run whose answer comes in parts. `seq` counts them from 0, which is also the first of a new run. */
export interface RunEvent {
  readonly seq: number;
  readonly type: string;
}

/** A run that answers what was asked. */
export interface Found {
  /** `key`: it was this call, tried before. `input`: the same user asked the same under another key. */
  readonly by: 'key' | 'input';
  /** What it was asked: the same key may have come with another input. */
  readonly input: string;
  /** Pending while the run is in flight; rejects with the run's own failure. */
  readonly output: Promise<RunOutput>;
}

/**
 * Results of runs: a retry with the same key gets the same answer, and the same user asking the same again gets it for
 * nothing. Bounded by bytes and time; failures are never kept. It may lose a result at any time, and then the ledger still
 * knows of the run: so it never holds a run up, and its own failures are those of nobody else.
 */
export interface Results {
  /** Remembers a run in flight, and its output for a while after. Nobody waits for it. */
  keep(asked: Asked, output: Promise<RunOutput>): void;
  /**
   * By the key if it can, else by the input, and by that only what the model answered that answered last: a new model answers
   * otherwise. A store that doesn't answer in a moment has found nothing.
   */
  find(asked: Asked): Promise<Found | undefined>;
  /** Adds an event to the log of the stream with this key. Nobody waits for it. */
  append(asked: Asked, event: RunEvent): void;
  /**
   * The events of the stream with this key, from the one with that number on. Whoever asks is watching, and counts for two
   * seconds. Undefined: there is no such stream, or it is no longer kept.
   */
  eventsOf(asked: Asked, from: number): Promise<{ readonly input: string; readonly events: readonly RunEvent[] } | undefined>;
  isWatched(asked: Asked): Promise<boolean>;
  /** Forgets the results of a user, also those that are still in flight. @throws StoreDown when they may still be there */
  forget(owner: string): Promise<void>;
}

export interface Log {
  info(entry: object, message: string): void;
  warn(entry: object, message: string): void;
  error(entry: object, message: string): void;
}

/** How one procedure call ended, and the key of the address budgets that it came from. */
export interface ObservedCall {
  readonly procedure: string;
  readonly code: ErrorCode | 'ok';
  readonly ms: number;
  readonly from: string;
}

/** Told once of each procedure call, however it ended. */
export interface CallObserver {
  (call: ObservedCall): void;
}

/** What this process can tell whoever runs it. */
export interface Operator extends ShownSettings {
  seen(): Seen;
}

/** All that the router needs from outside; `apps/server/src/wire.ts` provides it. */
export interface Deps {
  readonly identity: IdentityProvider;
  readonly attestation: Attestation;
  readonly clientVersions: VersionWindow;
  readonly rates: Rates;
  readonly quota: Quota;
  readonly admission: Admission;
  readonly accounts: Accounts;
  readonly policy: Policy;
  readonly model: Model;
  readonly results: Results;
  readonly log: Log;
  readonly observe: CallObserver;
  readonly operator: Operator;
  readonly traces: Traces;
  /** Milliseconds since 1970, with fractions. */
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** Keyed hash: the store remembers that an input or a person was the same, never what or who it was. */
  readonly hash: (text: string) => string;
  /** The same, for what all calls of a user ask for. It may be remembered, so no input ever goes through it. */
  readonly hashName: (name: string) => string;
  /** Verified e-mail addresses of those who may use the admin procedures, in lower case. */
  readonly adminEmails: ReadonlySet<string>;
  /** Aborts when this process is about to end: who is still being served is told to come again. */
  readonly ending: AbortSignal;
  /** Resolves after the time, or rejects when the signal aborts first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}
