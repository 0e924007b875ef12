import type { Denial } from './decide.ts';
import { estimator, type Prediction } from './estimate.ts';
import { priceMicroUsd, worstComputeUs } from './policy.ts';
import type { Act, RunRecord } from './ports.ts';
import { openRun, type Run, type RunTools } from './run.ts';
import { capLines, type Line, runLines, type Spender, userLines } from './windows.ts';

/** A run that wants to be admitted. `size` is what its cost grows with: characters, texts, pixels. */
export interface RunRequest {
  /** Of the caller's making and new: it names the run in every hop and log. */
  readonly runId: string;
  readonly procedure: string;
  readonly size: number;
  readonly spender: Spender;
  readonly idempotencyKey: string;
  readonly inputHash: string;
}

export type Reservation =
  | { readonly kind: 'admitted'; readonly run: Run }
  | { readonly kind: 'denied'; readonly denial: Denial }
  | { readonly kind: 'running' | 'settled'; readonly runId: string }
  | { readonly kind: 'conflict' };

export interface Usage {
  readonly limitUs: number;
  readonly usedUs: number;
  readonly heldUs: number;
  readonly remainingUs: number;
  readonly resetsAtMs: number;
  readonly running: number;
}

/** One of the project's caps, in micro-USD. `window` numbers its days or months since 1970. */
export interface CapState {
  readonly scope: string;
  readonly window: number;
  readonly settled: number;
  readonly held: number;
  readonly limit: number;
  readonly resetsAtMs: number;
}

/** What the project has spent, in micro-USD. */
export interface Spending {
  readonly day: CapState;
  readonly month: CapState;
  /** Of the days before this one, the latest first. */
  readonly earlierDays: readonly number[];
  /** What one run holds: a cap with less room than that refuses. */
  readonly worstMicroUsd: number;
}

export interface Quote extends Prediction {
  readonly p50MicroUsd: number;
  readonly p95MicroUsd: number;
}

export interface Quota {
  /** @throws StoreDown when the ledger cannot answer: nothing may be spent. */
  reserve(request: RunRequest): Promise<Reservation>;
  /** The user's day. @throws StoreDown */
  usage(spender: Spender): Promise<Usage>;
  /** The caps, and so many days before today. @throws StoreDown */
  spending(earlierDays: number): Promise<Spending>;
  /** @throws StoreDown */
  runOf(runId: string): Promise<RunRecord | null>;
  /** Stops every run that has not started, on every instance. @throws StoreDown */
  setKillSwitch(on: boolean, act?: Act): Promise<void>;
  /** @throws StoreDown */
  isKilled(): Promise<boolean>;
  /** What a run of this size would probably cost. */
  quote(procedure: string, size: number): Quote;
  /** Learns from the ledger's latest runs what runs cost; until then, and without it, they hold the worst case. @throws StoreDown */
  recall(): Promise<void>;
}

export type QuotaOptions = Omit<RunTools, 'learned'>;

/** Enough that each of some procedures finds what it keeps, and read in a few milliseconds. */
const RECALLED_RUNS = 2_000;

/** hold → settle | release, over any ledger. */
export function quota(options: QuotaOptions): Quota {
  const { ledger, policy, clock } = options;
  const worstUs = worstComputeUs(policy.run);
  const worstMicroUsd = priceMicroUsd(worstUs, policy.price);
  const learned = estimator(worstUs);
  const tools: RunTools = { ...options, learned };
  return {
    reserve: async ({ runId, spender, procedure, size, idempotencyKey, inputHash }) => {
      const nowMs = clock.nowMs();
      const { p95Us: estimateUs } = learned.predict(procedure, size);
      const result = await ledger.reserve({
        runId,
        owner: spender.owner,
        person: spender.person,
        procedure,
        size,
        idempotencyKey,
        inputHash,
        lines: runLines(policy, spender, { estimateUs, worstMicroUsd, nowMs }),
        concurrentRuns: policy.plans[spender.plan]?.concurrentRuns ?? 0,
        nowMs,
        leaseUntilMs: nowMs + policy.run.leaseMs,
      });
      return result.kind === 'held' ? { kind: 'admitted', run: openRun(tools, { runId, procedure, size }) } : result;
    },
    spending: async (earlierDays) => ({ ...(await capsOf(options, earlierDays)), worstMicroUsd }),
    runOf: (runId) => ledger.runOf(runId),
    setKillSwitch: (on, act) => ledger.setKillSwitch(on, act),
    isKilled: () => ledger.isKilled(),
    recall: async () => learned.recall(await ledger.samples(RECALLED_RUNS)),
    quote: (procedure, size) => {
      const prediction = learned.predict(procedure, size);
      const price = (computeUs: number) => priceMicroUsd(computeUs, policy.price);
      return { ...prediction, p50MicroUsd: price(prediction.p50Us), p95MicroUsd: price(prediction.p95Us) };
    },
    usage: async (spender) => {
      const nowMs = clock.nowMs();
      const [today] = userLines(policy, spender, { amount: 0, nowMs });
      const { owner, person } = spender;
      const { lines, running } = await ledger.usage({ owner, person, lines: [today], nowMs });
      const { settled, held } = lines[0] ?? { settled: 0, held: 0 };
      const remainingUs = Math.max(0, today.limit - settled - held);
      return { limitUs: today.limit, usedUs: settled, heldUs: held, remainingUs, resetsAtMs: today.resetsAtMs, running };
    },
  };
}

async function capsOf({ ledger, policy, clock }: QuotaOptions, days: number): Promise<Omit<Spending, 'worstMicroUsd'>> {
  const nowMs = clock.nowMs();
  const caps = capLines(policy, { amount: 0, nowMs });
  const earlier = Array.from({ length: days }, (_, n) => ({ ...caps[0], window: caps[0].window - n - 1 }));
  const { lines } = await ledger.usage({ owner: '', person: null, lines: [...caps, ...earlier], nowMs });
  const stateOf = ({ scope, window, limit, resetsAtMs }: Line, at: number): CapState => {
    const { settled, held } = lines[at] ?? { settled: 0, held: 0 };
    return { scope, window, limit, resetsAtMs, settled, held };
  };
  const earlierDays = lines.slice(caps.length).map(({ settled }) => settled);
  return { day: stateOf(caps[0], 0), month: stateOf(caps[1], 1), earlierDays };
}
