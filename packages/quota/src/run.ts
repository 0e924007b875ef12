import type { Estimator } from './estimate.ts';
import { type Policy, priceMicroUsd, worstComputeUs } from './policy.ts';
import { type Clock, type Ledger, type Settled, type Settlement, StoreDown } from './ports.ts';

export interface Receipt {
  readonly runId: string;
  readonly computeUs: number;
  readonly priceMicroUsd: number;
  readonly priceAsOf: string;
  /** What is left of the user's day; 0 while the ledger cannot tell. */
  readonly remainingUs: number;
  readonly resetsAtMs: number;
}

/**
 * How a dispatched run ended. `ok` and `cancelled` are charged to the user, `failed` and `timeout` are not (but see
 * `FREE_TIMEOUTS`). The cap always pays: what the model reported, or the worst case when it reported nothing.
 */
export interface Outcome {
  readonly ended: 'ok' | 'failed' | 'timeout' | 'cancelled';
  /** What the model says it used, null when it says nothing that can be read. */
  readonly reportUs: number | null;
  /** What attempts before it used that failed: the cap pays it, the user doesn't. Null: one of them said nothing. 0 when absent. */
  readonly failedUs?: number | null;
  /** How long the call took: what a user is charged who is charged without a report. */
  readonly wallUs: number;
}

/** An admitted run: its hold is a lease, renewed until it is settled or released. Exactly one of the two must be called. */
export interface Run {
  readonly runId: string;
  readonly deadlineMs: number;
  settle(outcome: Outcome): Promise<Receipt>;
  /** Only before dispatch: after it the model may have worked, and somebody pays. */
  release(): Promise<void>;
}

/** What all runs of a process share. */
export interface RunTools {
  readonly ledger: Ledger;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly learned: Estimator;
  /** Called when a model reports more than one run can use: it is settled at the hold, and somebody should look. */
  readonly onExcess: (runId: string, computeUs: number) => void;
}

/** Takes over a hold that the ledger has just given: renews its lease until it is settled or released. */
export function openRun(tools: RunTools, { runId, procedure, size }: { runId: string; procedure: string; size: number }): Run {
  const { ledger, policy, clock } = tools;
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
      const used = settlementOf(tools, runId, outcome);
      if (used.wallUs !== null) tools.learned.observe({ procedure, size, computeUs: used.userUs, wallUs: used.wallUs });
      const { computeUs, remainingUs, resetsAtMs } = await ledger
        .settle(used)
        .catch((error: unknown) => unsettled(error, used, clock));
      const price = priceMicroUsd(computeUs, policy.price);
      return { runId, computeUs, priceMicroUsd: price, priceAsOf: policy.price.asOf, remainingUs, resetsAtMs };
    },
    release: async () => {
      stopRenewing();
      await ledger.release(runId);
    },
  };
}

/** The adapter tells the ledger when it is back: until then the client has its result, and only what is left is unknown. */
function unsettled(error: unknown, { computeUs }: Settlement, clock: Clock): Settled {
  if (!(error instanceof StoreDown)) throw error;
  return { computeUs, remainingUs: 0, resetsAtMs: clock.nowMs() };
}

function settlementOf({ policy, onExcess }: RunTools, runId: string, outcome: Outcome): Settlement {
  const { ended, reportUs, failedUs = 0, wallUs } = outcome;
  const worstUs = worstComputeUs(policy.run);
  const allUs = reportUs === null || failedUs === null ? null : reportUs + failedUs;
  if (allUs !== null && allUs > worstUs) onExcess(runId, allUs);
  const computeUs = Math.min(allUs ?? worstUs, worstUs);
  const usedUs = Math.min(reportUs ?? wallUs, worstUs);
  return {
    runId,
    computeUs,
    userUs: ended === 'ok' || ended === 'cancelled' ? usedUs : 0,
    timeoutUs: ended === 'timeout' ? usedUs : null,
    capMicroUsd: priceMicroUsd(computeUs, policy.price),
    priceAsOf: policy.price.asOf,
    wallUs: ended === 'ok' && reportUs !== null ? wallUs : null,
    freeKey: ended !== 'ok',
  };
}
