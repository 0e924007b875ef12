import type { Denial, Outcome, Receipt, Reservation, Run } from '@twohop/quota';
import { type Context, timed } from '../context.ts';
import { Fault } from '../fault.ts';
import { modelCodes } from '../model-codes.ts';
import type { ModelCall, ModelFailure, ModelReply } from '../ports.ts';
import type { Principal } from './authenticate.ts';

/** Calls the model within the run's hold, settles by what came back, and returns the reply with its receipt. */
export type Spend = <T>(work: (call: ModelCall) => Promise<ModelReply<T>>) => Promise<{ body: T; receipt: WireReceipt }>;
export type WireReceipt = Omit<Receipt, 'resetsAtMs'> & { resetsAt: string };

export interface Metered {
  readonly procedure: string;
  /** The parsed input, and what the cost of a run grows with. */
  readonly input: unknown;
  readonly size: number;
}

type Caller = Context & { readonly principal: Principal };

/**
 * Hold before spend. Reserves, lets `next` run, and gives all back unless the model was called; in that case `spend` has
 * settled. A key that was seen before attaches to its run, or replays its result.
 */
export async function withRun<R>(caller: Caller, metered: Metered, next: (spend: Spend) => Promise<R>): Promise<R> {
  const { results } = caller.deps;
  const reservation = await timed(caller, 'reserve', () => reserve(caller, metered));
  switch (reservation.kind) {
    case 'denied':
      throw denialFault(reservation.denial, caller.deps.nowMs());
    case 'conflict':
      throw new Fault('run.conflict', { field: 'idempotency-key' });
    case 'running':
    case 'settled': {
      const kept = results.find(reservation.runId);
      if (kept) return (await kept) as R;
      if (reservation.kind === 'running') throw new Fault('limit.concurrency', { retryAfterMs: 1_000, limit: 'idempotency-key' });
      throw new Fault('run.result_gone', { reference: reservation.runId });
    }
    case 'admitted': {
      const result = hold(caller, reservation.run, next);
      results.keep(reservation.run.runId, result);
      return result;
    }
  }
}

async function hold<R>(caller: Caller, run: Run, next: (spend: Spend) => Promise<R>): Promise<R> {
  let dispatched = false;
  const spend: Spend = async (work) => {
    dispatched = true;
    const { request, deps } = caller;
    const startMs = deps.nowMs();
    const reply = await timed(caller, 'model', () =>
      work({ runId: run.runId, deadlineMs: run.deadlineMs, signal: request.signal }),
    );
    if (reply.ok) {
      for (const [name, ms] of Object.entries(reply.timings)) request.timings.set(`model-${name}`, ms);
      const outcome = replyOutcome(reply.computeUs, deps.nowMs() - startMs);
      return { body: reply.body, receipt: wireReceipt(await timed(caller, 'settle', () => run.settle(outcome))) };
    }
    await settleFailure(run, reply.failure, deps.nowMs() - startMs);
    throw modelFault(reply.failure);
  };
  try {
    return await next(spend);
  } finally {
    if (!dispatched) await run.release();
  }
}

const wallUs = (wallMs: number): number => Math.ceil(wallMs * 1000);

const replyOutcome = (computeUs: number | null, wallMs: number): Outcome =>
  computeUs === null
    ? { kind: 'unknown', userUs: wallUs(wallMs) }
    : { kind: 'reported', computeUs, chargeUser: true, failed: false };

async function settleFailure(run: Run, failure: ModelFailure, wallMs: number): Promise<void> {
  if (!failure.dispatched) return run.release();
  const { computeUs } = failure;
  const cancelled = failure.code === 'request.cancelled';
  if (computeUs !== null) await run.settle({ kind: 'reported', computeUs, chargeUser: cancelled, failed: true });
  else await run.settle({ kind: 'unknown', userUs: cancelled ? wallUs(wallMs) : 0 });
}

function reserve({ deps, request, principal }: Caller, { procedure, input, size }: Metered): Promise<Reservation> {
  return deps.quota.reserve({
    procedure,
    size,
    spender: { owner: principal.owner, plan: principal.plan, anonymous: principal.anonymous, ipBucket: request.ipBucket },
    idempotencyKey: idempotencyKey(request.idempotencyKey) ?? deps.newId(),
    inputHash: deps.hashInput(JSON.stringify([procedure, input])),
  });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function idempotencyKey(header: string | null): string | null {
  if (header === null || UUID.test(header)) return header;
  throw new Fault('input.invalid', { field: 'idempotency-key', message: 'idempotency-key: must be a UUID' });
}

function denialFault({ code, limit, resetsAtMs }: Denial, nowMs: number): Fault {
  if (code === 'input.too_large') {
    return new Fault(code, { limit, field: 'body', message: 'body: one run of this size may cost more than the whole budget' });
  }
  if (resetsAtMs === null) return new Fault(code, { limit, retryAfterMs: code === 'limit.killed' ? 60_000 : 1_000 });
  const resetsAt = new Date(resetsAtMs).toISOString();
  return new Fault(code, { limit, resetsAt, retryAfterMs: Math.max(0, Math.ceil(resetsAtMs - nowMs)) });
}

function modelFault({ code, retryAfterMs, field }: ModelFailure): Error {
  const ours = modelCodes[code];
  if (ours === 'internal.bug') return new Error(`the model refused our own call with ${code}`);
  // A refused input names the field as the model knows it; the procedures use the same names.
  const named = ours.startsWith('input.') && field !== null ? { field, message: `${field}: refused by the model` } : {};
  return new Fault(ours, { ...named, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
}

function wireReceipt({ resetsAtMs, ...receipt }: Receipt): WireReceipt {
  return { ...receipt, resetsAt: new Date(resetsAtMs).toISOString() };
}
