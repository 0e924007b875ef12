import type { Denial } from './decide.ts';
import type { Line } from './windows.ts';

/** A run to be admitted. Amounts are whole; see `assertAmount`. */
export interface ReserveRequest {
  readonly runId: string;
  readonly owner: string;
  /**
   * Keyed hash of what names the person across accounts (a verified e-mail, a provider's subject), or null. It finds what a
   * deleted account had used, so that deleting an account refills nothing.
   */
  readonly person: string | null;
  readonly procedure: string;
  /** What its cost grows with; see `RunRequest`. Kept with the run, so that a new process knows what runs of a size cost. */
  readonly size: number;
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
 * were seen within a day; nothing more is held. `conflict`: the same key came with another input.
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
  /**
   * Null unless the run timed out. Charged in place of `userUs` when the same user's runs have timed out more than
   * `FREE_TIMEOUTS` times that day: else a text that never ends is free compute.
   */
  readonly timeoutUs: number | null;
  /** Charged to the spend cap. */
  readonly capMicroUsd: number;
  /** ISO date of the price that `capMicroUsd` was computed by. */
  readonly priceAsOf: string;
  /** How long the run took; null when its cost tells nothing about others of its size. */
  readonly wallUs: number | null;
  /** A failed run gives its idempotency key back, so that the client may try again. */
  readonly freeKey: boolean;
}

/** What one run cost, for whoever wants to foretell what the next will. */
export interface Sample {
  readonly procedure: string;
  readonly size: number;
  readonly computeUs: number;
  readonly wallUs: number;
}

/** What stands in the user's day after the settlement; zeros when the account was deleted meanwhile. */
export interface Settled {
  readonly computeUs: number;
  readonly remainingUs: number;
  readonly resetsAtMs: number;
}

export interface LineState {
  readonly settled: number;
  readonly held: number;
}

export type RunState = 'held' | 'settled' | 'released' | 'expired';

/**
 * The store of money. Every method is atomic and durable when it resolves. A store that cannot answer rejects with
 * `StoreDown` within its deadline; whatever a late answer held is given back by the adapter.
 */
export interface Ledger {
  reserve(request: ReserveRequest): Promise<ReserveResult>;
  /**
   * Once per run. A second settle changes nothing. A run whose lease had expired is corrected to the real use. One that
   * rejects with `StoreDown` is still done by the adapter when the store is back.
   */
  settle(settlement: Settlement): Promise<Settled>;
  /** Only before dispatch: gives all back, also what an ended lease charged to the cap, and frees the key. Not after a settle. */
  release(runId: string): Promise<void>;
  /** Prolongs the lease of a run that is still held. */
  renew(runId: string, leaseUntilMs: number): Promise<void>;
  /** Ends leases that ran out: the user's hold and slot are freed, the cap keeps the worst case. Returns how many. */
  expire(nowMs: number): Promise<number>;
  /** Null: nobody knows this run (any more). */
  runOf(runId: string): Promise<RunRecord | null>;
  /** Of the latest `runs` those that tell what others will cost, in the order in which they came. */
  samples(runs: number): Promise<Sample[]>;
  /** State of the given lines and the number of live runs of an owner. */
  usage(request: UsageRequest): Promise<{ lines: LineState[]; running: number }>;
  setKillSwitch(on: boolean, act?: Act): Promise<void>;
  isKilled(): Promise<boolean>;
}

export interface UsageRequest {
  readonly owner: string;
  readonly person: string | null;
  readonly lines: readonly Line[];
  readonly nowMs: number;
}

/** The server's own record of a user. It decides; claims in a token are hints. */
export interface Account {
  /** Null: the plan that the config gives to users of this kind. */
  readonly plan: string | null;
  readonly blocked: boolean;
}

/** One run as it is kept: what it was and what it cost, never what it was about. */
export interface RunRecord {
  readonly runId: string;
  readonly procedure: string;
  readonly state: RunState;
  readonly createdMs: number;
  readonly computeUs: number | null;
  readonly userUs: number | null;
  readonly capMicroUsd: number | null;
  /** ISO date of the price; null until it is settled, and for runs of before it was kept. */
  readonly priceAsOf: string | null;
}

/** What one user spent on one procedure in one day (UTC, days since 1970). */
export interface DayUsage {
  readonly day: number;
  readonly procedure: string;
  readonly runs: number;
  readonly computeUs: number;
  readonly userUs: number;
  readonly microUsd: number;
}

/** All that the server keeps about a user: of the single runs the latest 10 000, of what they cost by day all. */
export interface AccountExport {
  readonly account: Account;
  readonly usage: readonly DayUsage[];
  readonly runs: readonly RunRecord[];
  readonly windows: readonly {
    readonly scope: string;
    readonly window: number;
    readonly settled: number;
    readonly held: number;
  }[];
}

/** What an admin did: kept in one transaction with what it did, and never changed or forgotten. */
export interface Act {
  readonly atMs: number;
  /** Verified address of the admin. */
  readonly by: string;
  readonly what: string;
  /** Keyed hash of the user it was done to, since a name would outlive a deleted account; null: it was done to all. */
  readonly target: string | null;
  /** JSON of what was asked for. */
  readonly detail: string;
}

/** Users whose owner begins with the prefix: who spent most on that day, and who has a record; or, `all`, everybody. */
export interface UsersRequest {
  readonly prefix: string;
  readonly all: boolean;
  /** Days since 1970. */
  readonly day: number;
  readonly firstOfMonth: number;
  readonly limit: number;
}

/** What one user has spent, whoever paid for it. */
export interface UserRow {
  readonly owner: string;
  readonly plan: string | null;
  readonly blocked: boolean;
  readonly dayMicroUsd: number;
  readonly monthMicroUsd: number;
  readonly monthRuns: number;
}

export interface AccountDeletion {
  readonly owner: string;
  readonly person: string | null;
  /** When what was used may be forgotten: the end of the longest window. */
  readonly untilMs: number;
}

/** Records about users, in the same store as their money. */
export interface Accounts {
  account(owner: string): Promise<Account>;
  /** Effective with the next request, on every instance. */
  setAccount(owner: string, account: Account, act?: Act): Promise<void>;
  exportAccount(owner: string): Promise<AccountExport>;
  /**
   * Leaves no row with the owner. Runs in flight go on for the cap's account alone; what was used and held stays behind as a
   * tombstone under the person's hash, so that a new account starts where the old one ended.
   */
  deleteAccount(deletion: AccountDeletion, act?: Act): Promise<void>;
  /** The dearest of the day first. It looks at no more than `SCANNED_ROWS` rows of the day. */
  users(request: UsersRequest): Promise<UserRow[]>;
  /** The latest first. */
  acts(latest: number): Promise<Act[]>;
  /** Forgets records of runs that ended before `beforeMs`, a few of a kind at a time. Returns how many. */
  prune(beforeMs: number): Promise<number>;
}

/** A name that one process holds until a time: what it stands for is done once, whichever of several processes came first. */
export interface Claim {
  readonly name: string;
  readonly holder: string;
  readonly nowMs: number;
  /** Not after `nowMs`: the name is given back. */
  readonly untilMs: number;
}

/** Which of the processes that share a store does what must be done once. */
export interface Claims {
  /** True: it is the holder's until then. False: another one holds it. Whoever holds a name may prolong it. */
  claim(claim: Claim): Promise<boolean>;
}

/** One store, all ports. */
export interface Store extends Ledger, Accounts, Claims {
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
