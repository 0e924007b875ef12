import { Fault } from '../fault.ts';
import type { Asked } from '../ports.ts';
import { spenderOf } from './authenticate.ts';
import type { Caller } from './reserve.ts';
import type { WireReceipt } from './spend.ts';

export type { Asked } from '../ports.ts';

/** How often the ledger is asked whether a run of another process has ended. */
const ASK_EVERY_MS = 250;

/** A procedure's result as tRPC's middleware passes it on; each metered procedure has a receipt in its output. */
interface Passed {
  readonly ok: true;
  readonly data: { readonly receipt: WireReceipt };
}

/**
 * The answer to what was asked before, or undefined. By key: exactly the first answer, for a client that tries again. By
 * input: the same answer with a receipt over nothing, also while the first run is still in flight.
 */
export async function replay(caller: Caller, asked: Asked): Promise<unknown> {
  const { results } = caller.deps;
  const byKey = results.byKey(asked.key);
  if (byKey) {
    if (byKey.input !== asked.input) throw new Fault('run.conflict', { field: 'idempotency-key' });
    return byKey.result;
  }
  const byInput = await results.byInput(asked.input)?.catch(() => undefined);
  // A run that failed, or that its own client cancelled, answers nobody else.
  return hasPassed(byInput)
    ? { ...byInput, data: { ...byInput.data, receipt: await freeReceipt(caller, byInput.data.receipt) } }
    : undefined;
}

/**
 * Waits for a run that another process holds. When it is settled its result is there and not here, so there is only the
 * receipt; undefined when it ended without a result.
 */
export async function attach(caller: Caller, asked: Asked, runId: string): Promise<unknown> {
  const { deps, request } = caller;
  const { deadlineMs, longestBatchMs } = deps.policy.run;
  const endsMs = deps.nowMs() + deadlineMs + longestBatchMs;
  let run = await deps.quota.runOf(runId);
  while (run?.state === 'held' && deps.nowMs() < endsMs) {
    await deps.wait(ASK_EVERY_MS, request.signal);
    run = await deps.quota.runOf(runId);
  }
  const kept = deps.results.byKey(asked.key);
  if (kept) return kept.result;
  if (run?.state !== 'held' && run?.state !== 'settled') return undefined;
  throw new Fault('run.result_gone', { reference: runId });
}

async function freeReceipt({ deps, principal, request }: Caller, receipt: WireReceipt): Promise<WireReceipt> {
  const { remainingUs, resetsAtMs } = await deps.quota.usage(spenderOf(principal, request.ipBucket));
  const resetsAt = new Date(resetsAtMs).toISOString();
  return { ...receipt, computeUs: 0, priceMicroUsd: 0, remainingUs, resetsAt, cached: true };
}

const hasPassed = (result: unknown): result is Passed =>
  typeof result === 'object' && result !== null && 'ok' in result && result.ok === true;
