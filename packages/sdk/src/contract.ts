import type {
  inferRouterInputs,
  inferRouterOutputs,
  TRPCBuiltRouter,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
} from '@trpc/server';
import type { AppRouter, FaultDetails } from '@twohop/api';
import type { ErrorCode } from '@twohop/api/errors';

/** A stretch of the caller's text: `text.slice(start, end)` in JavaScript is exactly `mark.text`. */
export interface Mark {
  text: string;
  /** In UTF-16 code units. */
  start: number;
  end: number;
  /** Cosine similarity, −1 to 1. */
  score: number;
}

/** What a run cost, and what is left. Amounts are microseconds of model compute and millionths of a US dollar. */
export interface Receipt {
  runId: string;
  computeUs: number;
  priceMicroUsd: number;
  /** ISO date of the price. */
  priceAsOf: string;
  remainingUs: number;
  /** ISO time at which the budget is new again. */
  resetsAt: string;
  /** True: the same input was answered before, and this time it cost nothing. */
  cached: boolean;
}

export interface HighlightsRequest {
  text: string;
  /** How many sentences, 1 to 50; 5 when absent. */
  count?: number | undefined;
  /** 0: only relevance counts. 1: only difference. 0.3 when absent. */
  diversity?: number | undefined;
}

export interface HighlightsResult {
  /** Name and version: results of different models must not be compared. */
  model: string;
  /** In the order of the text. */
  highlights: Mark[];
  /** How many sentences the text has. */
  sentences: number;
  receipt: Receipt;
}

/**
 * What becomes of a page that is read in parts. `seq` counts from 0; the last one is `done` or `error`. Marks of a part are
 * those that score best in it; `done` has the best of the whole page.
 */
export type HighlightsEvent =
  | { type: 'start'; seq: number; runId: string; parts: number }
  /** `end`: so far the text has been read. `sentences`: how many the part has. */
  | { type: 'part'; seq: number; part: number; end: number; sentences: number; highlights: Mark[] }
  | ({ type: 'done'; seq: number } & HighlightsResult)
  | {
      type: 'error';
      seq: number;
      code: ErrorCode;
      message: string;
      field?: string;
      retryAfterMs?: number;
      reference?: string;
    };

export interface SearchRequest {
  query: string;
  text: string;
  /** How many passages, 1 to 50; 5 when absent. */
  count?: number | undefined;
}

export interface SearchResult {
  model: string;
  /** Best first. */
  passages: Mark[];
  sentences: number;
  receipt: Receipt;
}

export interface EmbeddingsRequest {
  texts: string[];
}

export interface EmbeddingsResult {
  model: string;
  /** One vector of length 1 a text. */
  embeddings: number[][];
  receipt: Receipt;
}

export interface Account {
  uid: string;
  plan: string;
  anonymous: boolean;
}

export interface Quota {
  plan: string;
  computeDay: { limitUs: number; usedUs: number; heldUs: number; remainingUs: number; resetsAt: string };
  requestsPerMinute: number;
  concurrent: { limit: number; running: number };
}

export interface QuoteRequest {
  procedure: 'embeddings.run' | 'highlights.run' | 'highlights.stream' | 'search.run';
  /** Characters of all texts of the call. */
  chars: number;
  /** Sentences of all texts; one a hundred characters is assumed where it is absent. */
  sentences?: number | undefined;
}

/** What a call of this size would probably cost, before it runs. */
export interface Quote {
  p50Us: number;
  p95Us: number;
  p50MicroUsd: number;
  p95MicroUsd: number;
  secondsP50: number;
  /** 0: nothing is known of this size yet, and the amounts are the worst case. */
  learnedFromRuns: number;
  remainingUs: number;
  resetsAt: string;
  fits: boolean;
}

/** The server's own record of a user; `plan` null: what the server gives to users of this kind. */
export interface AccountRecord {
  plan: string | null;
  blocked: boolean;
}

export interface AccountExport {
  account: AccountRecord;
  usage: { day: string; procedure: string; runs: number; computeUs: number; userUs: number; microUsd: number }[];
  runs: {
    runId: string;
    procedure: string;
    state: 'expired' | 'held' | 'released' | 'settled';
    createdAt: string;
    computeUs: number | null;
    userUs: number | null;
    capMicroUsd: number | null;
    /** ISO date of the price. */
    priceAsOf: string | null;
  }[];
  windows: { scope: string; window: number; settled: number; held: number }[];
}

export type KeptRun = AccountExport['runs'][number];

interface CapState {
  settledMicroUsd: number;
  heldMicroUsd: number;
  limitMicroUsd: number;
  resetsAt: string;
}

export interface Alert {
  key: string;
  severity: 'critical' | 'warning';
  title: string;
  detail: string;
}

/** For admins: how it stands at this moment. What is counted is what the process that answers has seen. */
export interface Live {
  instance: string;
  since: string;
  now: string;
  /** Null, as is the spending: the ledger does not answer. */
  killed: boolean | null;
  spending: {
    day: CapState;
    month: CapState;
    /** The latest first. */
    earlierDaysMicroUsd: number[];
    /** A cap with less room than this refuses every run. */
    worstRunMicroUsd: number;
  } | null;
  /** Ten seconds each, of the last ten minutes, the oldest first. */
  slices: { at: string; ok: number; refused: number; p50Ms: number | null; p95Ms: number | null }[];
  refusals: { code: ErrorCode; count: number }[];
  room: { limit: number; inUse: number; waiting: number };
  /** Without a token that counts, in the last five minutes. */
  attempts: {
    count: number;
    toldFrom: number;
    kinds: { name: string; count: number }[];
    from: { name: string; count: number }[];
  };
  alerts: { now: Alert[]; told: (Alert & { at: string; state: 'firing' | 'resolved' })[]; channels: string[] };
}

export interface Users {
  plans: string[];
  users: {
    uid: string;
    /** What the audit log knows the user by. */
    target: string;
    plan: string | null;
    blocked: boolean;
    dayMicroUsd: number;
    monthMicroUsd: number;
    monthRuns: number;
  }[];
}

export interface Acts {
  acts: { at: string; by: string; what: string; target: string | null; detail: string }[];
}

export interface Settings {
  settings: { name: string; value: string }[];
  caps: { dayMicroUsd: number; monthMicroUsd: number; attempts: number; deadlineMs: number };
  hosting: {
    model: string;
    firstHop: string;
    database: string;
    signIn: string;
    modelInstances: number;
    serverInstances: number;
  } | null;
}

/** The calls that this version of the SDK promises its users. */
interface Inputs {
  account: { delete: void; export: void; me: void; quota: void; quote: QuoteRequest };
  admin: {
    account: { uid: string };
    deleteAccount: { uid: string };
    setAccount: AccountRecord & { uid: string };
    setKillSwitch: { on: boolean };
  };
  embeddings: { run: EmbeddingsRequest };
  highlights: { run: HighlightsRequest; stream: HighlightsRequest };
  operator: { acts: void; live: void; receipts: { uid: string }; settings: void; users: { search?: string | undefined } };
  search: { run: SearchRequest };
}

interface Outputs {
  account: { delete: { deleted: true }; export: AccountExport; me: Account; quota: Quota; quote: Quote };
  admin: {
    account: AccountRecord;
    deleteAccount: { deleted: true };
    setAccount: AccountRecord;
    setKillSwitch: { on: boolean };
  };
  embeddings: { run: EmbeddingsResult };
  highlights: { run: HighlightsResult; stream: AsyncIterable<HighlightsEvent> };
  operator: { acts: Acts; live: Live; receipts: { runs: KeptRun[] }; settings: Settings; users: Users };
  search: { run: SearchResult };
}

interface Kinds {
  account: { delete: 'mutation'; export: 'query'; me: 'query'; quota: 'query'; quote: 'query' };
  admin: { account: 'query'; deleteAccount: 'mutation'; setAccount: 'mutation'; setKillSwitch: 'mutation' };
  embeddings: { run: 'mutation' };
  highlights: { run: 'mutation'; stream: 'mutation' };
  operator: { acts: 'query'; live: 'query'; receipts: 'query'; settings: 'query'; users: 'query' };
  search: { run: 'mutation' };
}

/** What goes over the wire with a failure. */
export interface WireFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: string;
  readonly retryAfterMs?: number;
  readonly resetsAt?: string;
  readonly limit?: string;
  readonly reference?: string;
  readonly receipt?: Receipt;
}

type Procedure<Kind, Input, Output> = Kind extends 'query'
  ? TRPCQueryProcedure<{ input: Input; output: Output; meta: object }>
  : TRPCMutationProcedure<{ input: Input; output: Output; meta: object }>;

type ProceduresOf<Group extends keyof Kinds> = {
  [Name in keyof Kinds[Group]]: Procedure<
    Kinds[Group][Name],
    Name extends keyof Inputs[Group] ? Inputs[Group][Name] : never,
    Name extends keyof Outputs[Group] ? Outputs[Group][Name] : never
  >;
};

/**
 * The server's router as its clients know it. Written out here, so that the published types need nothing of the server's; that
 * the server's own router says the same is checked below.
 */
export type TwohopRouter = TRPCBuiltRouter<
  {
    ctx: object;
    meta: object;
    errorShape: Omit<TRPCDefaultErrorShape, 'data'> & { data: { httpStatus: number; twohop: WireFault } };
    transformer: false;
  },
  { [Group in keyof Kinds]: ProceduresOf<Group> }
>;

type Procedures = AppRouter['_def']['record'];
type KindOf<Procedure> = Procedure extends { _def: { type: infer Kind } } ? Kind : never;
type KindsNow = { [Group in keyof Procedures]: { [Name in keyof Procedures[Group]]: KindOf<Procedures[Group][Name]> } };

type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;
type Plain<T> =
  T extends AsyncIterable<infer Event> ? { events: Plain<Event> } : T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T;

/** The server's contract is this one, no more and no less: whatever it renames, retypes, drops or adds does not compile here. */
void ([true, true, true, true] satisfies [
  Same<inferRouterInputs<AppRouter>, Inputs>,
  Same<inferRouterOutputs<AppRouter>, Outputs>,
  Same<KindsNow, Kinds>,
  Same<FaultDetails, WireFault>,
]);
