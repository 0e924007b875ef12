import type { Outcome, Receipt, Run } from '@twohop/quota';
import type { Place } from '../admission.ts';
import { timed } from '../context.ts';
import { Fault } from '../fault.ts';
import { isoOf } from '../iso.ts';
import { modelCodes } from '../model-codes.ts';
import type { ModelCall, ModelFailure, ModelReply } from '../ports.ts';
import type { WireReceipt } from '../receipt.ts';
import type { Passage } from '../room.ts';
import type { Caller } from './reserve.ts';

/** Calls the model within the run's hold, settles by what came back, and returns the reply with its receipt. */
export type Spend = <T>(work: (call: ModelCall) => Promise<ModelReply<T>>) => Promise<{ body: T; receipt: WireReceipt }>;

/** What a run has before its handler starts: the hold on the budgets, and the room in the model. */
export interface Held {
  readonly run: Run;
  readonly place: Place;
}

/** Tells calls of different users apart, and of none who it is. */
export const turnOf = ({ deps, principal }: Caller): string => deps.hashName(`turn:${principal.owner}`);

/** Runs the handler with a `spend` of its own. Whatever happens in it, the run is settled if it was dispatched, else released. */
export async function holdRun<R>(caller: Caller, { run, place }: Held, next: (spend: Spend) => Promise<R>): Promise<R> {
  let dispatched = false;
  let passage: Passage | null = null;
  const spend: Spend = async (work) => {
    const { request, deps } = caller;
    // Whoever has left by now costs nobody anything: without a report the cap would pay the worst case.
    if (request.signal.aborted) throw new Fault('request.cancelled');
    dispatched = true;
    const startMs = deps.nowMs();
    const wallUs = () => Math.ceil((deps.nowMs() - startMs) * 1000);
    const call = { runId: run.runId, userKey: turnOf(caller), deadlineMs: run.deadlineMs, signal: request.signal };
    const reply = await timed(caller, 'model', (traceparent) => work({ ...call, traceparent })).catch(async (bug: unknown) => {
      // A port that throws has broken its promise. Nobody knows what ran, so the cap pays the worst case.
      await run.settle({ ended: 'failed', reportUs: null, wallUs: wallUs() });
      throw bug;
    });
    passage = passageOf(reply);
    if (!reply.ok) {
      await settleFailure(run, reply.failure, wallUs());
      throw modelFault(reply.failure);
    }
    for (const [name, ms] of Object.entries(reply.timings)) request.timings.set(`model-${name}`, ms);
    const { computeUs: reportUs, failedUs = 0 } = reply;
    const outcome: Outcome = { ended: 'ok', reportUs, failedUs, wallUs: wallUs() };
    return { body: reply.body, receipt: wireReceipt(await timed(caller, 'settle', () => run.settle(outcome))) };
  };
  try {
    return await next(spend);
  } finally {
    place.leave(passage);
    if (!dispatched) await run.release();
  }
}

const OVERLOADED = new Set<ModelFailure['code']>(['capacity.overloaded', 'upstream.timeout']);

/** Other failures say nothing of how much room there is. */
export function passageOf(reply: ModelReply<unknown>): Passage | null {
  if (!reply.ok) return OVERLOADED.has(reply.failure.code) ? { queueMs: null, computeMs: null, overloaded: true } : null;
  const { queue, compute } = reply.timings;
  return { queueMs: queue ?? null, computeMs: compute ?? null, overloaded: false };
}

async function settleFailure(run: Run, { code, dispatched, computeUs }: ModelFailure, wallUs: number): Promise<void> {
  if (dispatched) await run.settle({ ended: endings[code] ?? 'failed', reportUs: computeUs, wallUs });
  else await run.release();
}

/** How a run ended whose model gave no result; all other codes are failures of the model's own. */
export const endings: Partial<Record<ModelFailure['code'], Outcome['ended']>> = {
  'request.cancelled': 'cancelled',
  'upstream.timeout': 'timeout',
};

export function modelFault({ code, retryAfterMs, field, message }: ModelFailure): Error {
  const ours = modelCodes[code];
  if (ours === 'internal.bug') return new Error(`the model refused our own call with ${code}`);
  // A refused input names the field as the model knows it; the procedures use the same names.
  const named =
    ours.startsWith('input.') && field !== null ? { field, message: message ?? `${field}: refused by the model` } : {};
  return new Fault(ours, { ...named, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
}

export function wireReceipt({ resetsAtMs, ...receipt }: Receipt): WireReceipt {
  return { ...receipt, resetsAt: isoOf(resetsAtMs), cached: false };
}
