import { Fault } from '../fault.ts';
import { isoOf } from '../iso.ts';
import type { Asked, RunOutput } from '../ports.ts';
import type { WireReceipt } from '../receipt.ts';
import { spenderOf } from './authenticate.ts';
import type { Caller } from './reserve.ts';

/** How often a run of another process is looked for: whether it has ended, and where its result is. */
const ASK_EVERY_MS = 250;

/**
 * The answer to what was asked before, or undefined. By key: exactly the first answer, for a client that tries again. By
 * input: the same answer with a receipt over nothing, also while the first run is still in flight.
 */
export async function replay(caller: Caller, asked: Asked): Promise<RunOutput | undefined> {
  const found = await caller.deps.results.find(asked);
  if (found?.by === 'key') {
    if (found.input !== asked.input) throw new Fault('run.conflict', { field: 'idempotency-key' });
    return found.output;
  }
  // A run that failed, or that its own client cancelled, answers nobody else.
  const output = await found?.output.catch(() => undefined);
  return output && { ...output, receipt: await freeReceipt(caller, output.receipt) };
}

/**
 * Waits for a run in flight, here or in another process. Undefined: it has ended, and the ledger knows whether its key is
 * free again.
 */
export async function attach(caller: Caller, asked: Asked, runId: string): Promise<RunOutput | undefined> {
  const { deps, request } = caller;
  const { deadlineMs, longestBatchMs } = deps.policy.run;
  const endsMs = deps.nowMs() + deadlineMs + longestBatchMs;
  for (;;) {
    const known = await replay(caller, asked);
    if (known) return known;
    const run = await deps.quota.runOf(runId);
    if (run?.state !== 'held') return undefined;
    if (deps.nowMs() >= endsMs) throw new Fault('run.result_gone', { reference: runId });
    await deps.wait(ASK_EVERY_MS, request.signal);
  }
}

/**
 * The result of a run that the ledger has settled and that was not found.
 *
 * @throws Fault 410 with the run's receipt: it is never executed again
 */
export async function lookAgain(caller: Caller, asked: Asked, runId: string): Promise<RunOutput> {
  const { deps, request } = caller;
  // The process that ran it settles before it answers, so the result may still be on its way.
  await deps.wait(ASK_EVERY_MS, request.signal);
  const known = await replay(caller, asked);
  if (known) return known;
  const receipt = await receiptOf(caller, runId);
  throw new Fault('run.result_gone', { reference: runId, ...(receipt && { receipt }) });
}

/** The receipt that the run's own answer had, from the ledger's record, with what is left by now. */
async function receiptOf(caller: Caller, runId: string): Promise<WireReceipt | undefined> {
  const { deps } = caller;
  const run = await deps.quota.runOf(runId);
  if (run?.computeUs == null || run.capMicroUsd === null) return undefined;
  const { computeUs, capMicroUsd: priceMicroUsd } = run;
  // Runs of before the date was kept with them are told that of now.
  const priceAsOf = run.priceAsOf ?? deps.policy.price.asOf;
  return { runId, computeUs, priceMicroUsd, priceAsOf, ...(await leftNow(caller)), cached: false };
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
  return { remainingUs, resetsAt: isoOf(resetsAtMs) };
}
