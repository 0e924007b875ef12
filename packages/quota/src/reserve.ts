import type { Denial } from './decide.ts';
import { estimator } from './estimate.ts';
import { type Policy, priceMicroUsd, worstComputeUs } from './policy.ts';
import type { Clock, Ledger } from './ports.ts';
import { runLines, type Spender, userLines } from './windows.ts';

/** A run that wants to be admitted. `size` is what its cost grows with: characters, texts, pixels. */
export interface RunRequest {
  readonly procedure: string;
  readonly size: number;
  readonly spender: Spender;
  readonly idempotencyKey: string;
  readonly inputHash: string;
}

export interface Receipt {
  readonly runId: string;
  readonly computeUs: number;
  readonly priceMicroUsd: number;
  readonly priceAsOf: string;
  /** What is left of the user's day. */
  readonly remainingUs: number;
  readonly resetsAtMs: number;
}

/**
 * How a dispatched run ended. `reported`: the model said what it used. `unknown`: it did not (timeout, crash, cut), so the
 * cap pays the worst case, and the user pays `userUs`: nothing, or the time of a call that the user cut off.
 */
export type Outcome =
  | { readonly kind: 'reported'; readonly computeUs: number; readonly chargeUser: boolean; readonly failed: boolean }
  | { readonly kind: 'unknown'; readonly userUs: number };

/** An admitted run: its hold is a lease, renewed until it is settled or released. Exactly one of the two must be called. */
export interface Run {
  readonly runId: string;
  readonly deadlineMs: number;
  settle(outcome: Outcome): Promise<Receipt>;
  /** Only before dispatch: after it the model may have worked, and somebody pays. */
  release(): Promise<void>;
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

export interface Quota {
  /** @throws StoreDown when the ledger cannot answer: nothing may be spent. */
  reserve(request: RunRequest): Promise<Reservation>;
  /** The user's day. @throws StoreDown */
  usage(spender: Spender): Promise<Usage>;
}

export interface QuotaOptions {
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly newRunId: () => string;
  /** Called when a model reports more than one run can use: it is settled at the hold, and somebody should look. */
  readonly onExcess: (runId: string, computeUs: number) => void;
}

/** hold → settle | release, over any ledger. */
export function quota({ ledger, policy, clock, newRunId, onExcess }: QuotaOptions): Quota {
  const worstUs = worstComputeUs(policy.run);
  const worstMicroUsd = priceMicroUsd(worstUs, policy.price);
  const learned = estimator(worstUs);

  const used = (runId: string, { procedure, size }: RunRequest, outcome: Outcome) => {
    if (outcome.kind === 'unknown') {
      return { computeUs: worstUs, userUs: Math.min(outcome.userUs, worstUs), capMicroUsd: worstMicroUsd, freeKey: true };
    }
    if (outcome.computeUs > worstUs) onExcess(runId, outcome.computeUs);
    const computeUs = Math.min(outcome.computeUs, worstUs);
    if (!outcome.failed) learned.observe(procedure, size, computeUs);
    const capMicroUsd = priceMicroUsd(computeUs, policy.price);
    return { computeUs, userUs: outcome.chargeUser ? computeUs : 0, capMicroUsd, freeKey: outcome.failed };
  };
  const open = (runId: string, request: RunRequest): Run => {
    const { leaseMs, deadlineMs } = policy.run;
    const stopRenewing = clock.every(leaseMs / 3, () => {
      // A renewal that fails is tried again at the next; if none gets through, the lease ends, which is what leases are for.
      ledger.renew(runId, clock.nowMs() + leaseMs).catch(() => undefined);
    });
    return {
      runId,
      deadlineMs,
      settle: async (outcome) => {
        stopRenewing();
        const { computeUs, remainingUs, resetsAtMs } = await ledger.settle({ runId, ...used(runId, request, outcome) });
        const price = priceMicroUsd(computeUs, policy.price);
        return { runId, computeUs, priceMicroUsd: price, priceAsOf: policy.price.asOf, remainingUs, resetsAtMs };
      },
      release: async () => {
        stopRenewing();
        await ledger.release(runId);
      },
    };
  };

  return {
    reserve: async (request) => {
      const nowMs = clock.nowMs();
      const runId = newRunId();
      const { spender, procedure, idempotencyKey, inputHash } = request;
      const estimateUs = learned.estimateUs(procedure, request.size);
      const result = await ledger.reserve({
        runId,
        owner: spender.owner,
        procedure,
        idempotencyKey,
        inputHash,
        lines: runLines(policy, spender, { estimateUs, worstMicroUsd }, nowMs),
        concurrentRuns: policy.plans[spender.plan]?.concurrentRuns ?? 0,
        nowMs,
        leaseUntilMs: nowMs + policy.run.leaseMs,
      });
      return result.kind === 'held' ? { kind: 'admitted', run: open(runId, request) } : result;
    },
    usage: async (spender) => {
      const nowMs = clock.nowMs();
      const [today] = userLines(policy, spender, 0, nowMs);
      const { lines, running } = await ledger.usage(spender.owner, [today], nowMs);
      const { settled, held } = lines[0] ?? { settled: 0, held: 0 };
      const remainingUs = Math.max(0, today.limit - settled - held);
      return { limitUs: today.limit, usedUs: settled, heldUs: held, remainingUs, resetsAtMs: today.resetsAtMs, running };
    },
  };
}
