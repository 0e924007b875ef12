import type { Quota } from '@twohop/quota';
import { Fault } from '../fault.ts';
import type { Asked } from '../ports.ts';
import type { WireReceipt } from '../schemas.ts';
import { spenderOf } from './authenticate.ts';
import type { Caller } from './reserve.ts';

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
  const receipt = run.state === 'settled' ? await receiptOf(caller, run) : undefined;
  throw new Fault('run.result_gone', { reference: runId, ...(receipt && { receipt }) });
}

type RunRecord = NonNullable<Awaited<ReturnType<Quota['runOf']>>>;

/** The receipt that the run's own answer had, from the ledger's record, with what is left by now. */
async function receiptOf(caller: Caller, { runId, computeUs, capMicroUsd }: RunRecord): Promise<WireReceipt | undefined> {
  if (computeUs === null || capMicroUsd === null) return undefined;
  const priceAsOf = caller.deps.policy.price.asOf;
  return { runId, computeUs, priceMicroUsd: capMicroUsd, priceAsOf, ...(await leftNow(caller)), cached: false };
}

const freeReceipt = async (caller: Caller, receipt: WireReceipt): Promise<WireReceipt> => ({
  ...receipt,
  computeUs: 0,
  priceMicroUsd: 0,
  ...(await leftNow(caller)),
  cached: true,
});

async function leftNow({ deps, principal, request }: Caller): Promise<Pick<WireReceipt, 'remainingUs' | 'resetsAt'>> {
  const { remainingUs, resetsAtMs } = await deps.quota.usage(spenderOf(principal, request.ipBucket));
  return { remainingUs, resetsAt: new Date(resetsAtMs).toISOString() };
}

const hasPassed = (result: unknown): result is Passed =>
  typeof result === 'object' && result !== null && 'ok' in result && result.ok === true;
