import type {
  EmbeddingsData,
  EmbeddingsResponse,
  ErrorCode as MlErrorCode,
  HighlightsData,
  HighlightsResponse,
  SearchData,
  SearchResponse,
} from '@twohop/ml-client';
import type { Policy, Quota } from '@twohop/quota';
import type { ErrorCode } from './errors.ts';

/** Who a verified token speaks for. `issuer` and `uid` together name a user; a uid alone never does. */
export interface Identity {
  readonly issuer: string;
  readonly uid: string;
  readonly anonymous: boolean;
}

/** Verifies a client's token. A refusal is a value; only a broken verifier throws. */
export interface IdentityProvider {
  verify(token: string): Promise<Identity | { readonly refused: AuthRefusal; readonly retryAfterMs?: number }>;
}
export type AuthRefusal = Extract<
  ErrorCode,
  'auth.invalid' | 'auth.expired' | 'auth.revoked' | 'auth.blocked' | 'auth.unavailable'
>;

/** Counts requests by key in windows of a minute. It serves rates, never money. */
export interface Rates {
  /** Null: admitted. Otherwise milliseconds until it makes sense to ask again. */
  take(key: string, perMinute: number): Promise<number | null>;
}

/** Passed along with every call of the model. */
export interface ModelCall {
  readonly runId: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** `dispatched`: bytes of the request may have reached the model, so it may have worked. */
export interface ModelFailure {
  readonly code: MlErrorCode;
  readonly dispatched: boolean;
  /** What the model said it used, null when it said nothing. */
  readonly computeUs: number | null;
  readonly retryAfterMs: number | null;
  readonly field: string | null;
}

/**
 * A failure is a value: the run must be settled by it. `computeUs` is null when the report cannot be read. `timings` are the
 * model's own, in milliseconds by name.
 */
export type ModelReply<T> =
  | { readonly ok: true; readonly body: T; readonly computeUs: number | null; readonly timings: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly failure: ModelFailure };

/** The second hop. */
export interface Model {
  highlights(request: HighlightsData['body'], call: ModelCall): Promise<ModelReply<HighlightsResponse>>;
  search(request: SearchData['body'], call: ModelCall): Promise<ModelReply<SearchResponse>>;
  embeddings(request: EmbeddingsData['body'], call: ModelCall): Promise<ModelReply<EmbeddingsResponse>>;
}

/** Results of runs, in memory only, so that a retry with the same key gets the same answer without a second run. */
export interface Results {
  /** Remembers a run in flight, and its result for a while after. */
  keep(runId: string, result: Promise<unknown>): void;
  find(runId: string): Promise<unknown> | undefined;
}

export interface Log {
  info(entry: object, message: string): void;
  warn(entry: object, message: string): void;
  error(entry: object, message: string): void;
}

/** Told once of each procedure call, however it ended. */
export interface CallObserver {
  (call: { readonly procedure: string; readonly code: ErrorCode | 'ok'; readonly ms: number }): void;
}

/** All that the router needs from outside; `apps/server/src/wire.ts` provides it. */
export interface Deps {
  readonly identity: IdentityProvider;
  readonly rates: Rates;
  readonly quota: Quota;
  readonly policy: Policy;
  readonly model: Model;
  readonly results: Results;
  readonly log: Log;
  readonly observe: CallObserver;
  /** Milliseconds since 1970, with fractions. */
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** Keyed hash: the ledger remembers that an input was the same, never what it was. */
  readonly hashInput: (input: string) => string;
}
