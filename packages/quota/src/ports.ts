import type { Denial } from './decide.ts';
import type { Line } from './windows.ts';

/** A run to be admitted. Amounts are whole; see `assertAmount`. */
export interface ReserveRequest {
  readonly runId: string;
  readonly owner: string;
  readonly procedure: string;
  /** The client's key and the keyed hash of its input; together they tell a retry from a new run. */
  readonly idempotencyKey: string;
  readonly inputHash: string;
  readonly lines: readonly Line[];
  readonly concurrentRuns: number;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
}

/**
 * `held`: admitted, every line holds its amount. `denied`: nothing changed. `running`/`settled`: the same key and input
 * were seen before; nothing more is held. `conflict`: the same key came with another input.
 */
export type ReserveResult =
  | { readonly kind: 'held' }
  | { readonly kind: 'denied'; readonly denial: Denial }
  | { readonly kind: 'running'; readonly runId: string }
  | { readonly kind: 'settled'; readonly runId: string }
  | { readonly kind: 'conflict' };

/** What a run really used. The user's part and the project's differ when the model failed on its own account. */
export interface Settlement {
  readonly runId: string;
  readonly computeUs: number;
  /** Charged to the user, the address and the pool. */
  readonly userUs: number;
  /** Charged to the spend cap. */
  readonly capMicroUsd: number;
  /** A failed run gives its idempotency key back, so that the client may try again. */
  readonly freeKey: boolean;
}

/** What stands in the first line of the run (the user's day) after the settlement. */
export interface Settled {
  readonly computeUs: number;
  readonly remainingUs: number;
  readonly resetsAtMs: number;
}

export interface LineState {
  readonly settled: number;
  readonly held: number;
}

/**
 * The store of money. Every method is atomic and durable when it resolves. A store that cannot answer rejects with
 * `StoreDown` within its deadline; whatever a late answer held is given back by the adapter.
 */
export interface Ledger {
  reserve(request: ReserveRequest): Promise<ReserveResult>;
  /** Once per run. A second settle changes nothing. A run whose lease had expired is corrected to the real use. */
  settle(settlement: Settlement): Promise<Settled>;
  /** Only before dispatch: gives all back and frees the key. After a settle it changes nothing. */
  release(runId: string): Promise<void>;
  /** Prolongs the lease of a run that is still held. */
  renew(runId: string, leaseUntilMs: number): Promise<void>;
  /** Ends leases that ran out: the user's hold and slot are freed, the cap keeps the worst case. Returns how many. */
  expire(nowMs: number): Promise<number>;
  /** State of the given lines and the number of live runs of an owner. */
  usage(owner: string, lines: readonly Line[], nowMs: number): Promise<{ lines: LineState[]; running: number }>;
  setKillSwitch(on: boolean): Promise<void>;
  close(): Promise<void>;
}

/** The store did not answer in time, or said that it cannot. Whoever spends must refuse. */
export class StoreDown extends Error {
  override readonly name = 'StoreDown';
}

/** Time, passed in so that decisions can be tested at any hour. */
export interface Clock {
  nowMs(): number;
  /** Calls `task` every `periodMs` until the returned function is called. Never keeps the process alive. */
  every(periodMs: number, task: () => void): () => void;
}
