import type { Denial, Reservation } from '@twohop/quota';
import { type Context, timed } from '../context.ts';
import { Fault } from '../fault.ts';
import { isoOf } from '../iso.ts';
import type { Asked, RunOutput } from '../ports.ts';
import { type Principal, spenderOf } from './authenticate.ts';
import { attach, lookAgain, replay } from './replay.ts';
import { type Held, holdRun, type Spend } from './spend.ts';

export interface Metered {
  readonly procedure: string;
  /** The parsed input, and what the cost of a run grows with. */
  readonly input: unknown;
  readonly size: number;
}

export type Caller = Context & { readonly principal: Principal };

/** How tRPC passes on what a procedure ended with; it reads no more of it. */
type Ended = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: Error };

/**
 * Hold before spend. Reserves, lets `next` run, and gives all back unless the model was called; in that case `spend` has
 * settled. What was asked before, by key or by input, is answered from its kept result and never run again.
 */
export async function withRun<R extends Ended>(caller: Caller, metered: Metered, next: (spend: Spend) => Promise<R>): Promise<R> {
  const { deps, principal } = caller;
  if (!principal.recordKnown) throw new Fault('limit.store_down', { retryAfterMs: 1_000 });
  const asked = askedOf(caller, metered);
  let known = await replay(caller, asked);
  while (!known) {
    const reservation = await hold(caller, asked, metered);
    if (reservation.kind === 'admitted') {
      const result = holdRun(caller, reservation, next);
      deps.results.keep(asked, outputOf(result));
      return result;
    }
    // A run that had the key and ended without a result has given it back: then it is this call's turn.
    known = await refusedOrKnown(caller, asked, reservation);
  }
  return { ok: true, data: known } as unknown as R;
}

export type Admitted = Extract<Reservation, { kind: 'admitted' }> & Held;
export type Refusal = Exclude<Reservation, { kind: 'admitted' }>;

/** Room in the model comes before the hold: a crowd that is turned away costs the ledger nothing. */
export async function hold(caller: Caller, asked: Asked, { procedure, size }: Metered): Promise<Admitted | Refusal> {
  const { deps, principal, request } = caller;
  const place = await timed(caller, 'admit', () => deps.admission.enter(principal.owner));
  if (!place) throw new Fault('capacity.overloaded', { retryAfterMs: 1_000 });
  const spender = spenderOf(principal, request.ipBucket);
  const wanted = { runId: request.newRunId(), procedure, size, spender, idempotencyKey: asked.key, inputHash: asked.input };
  const reservation = await timed(caller, 'reserve', () => deps.quota.reserve(wanted)).catch((error: unknown) => {
    place.leave(null);
    throw error;
  });
  if (reservation.kind === 'admitted') return { ...reservation, place };
  place.leave(null);
  return reservation;
}

/** What makes two calls the same one: the client's key, or a new one, and the hash of the procedure and its input. */
export function askedOf({ deps, principal, request }: Caller, { procedure, input }: Metered): Asked {
  const key = keyOf(request.idempotencyKey) ?? deps.newId();
  return { owner: principal.owner, key, input: deps.hash(JSON.stringify([procedure, input])) };
}

function outputOf(result: Promise<Ended>): Promise<RunOutput> {
  const output = result.then((ended) => {
    if (!ended.ok) throw ended.error;
    return ended.data as RunOutput;
  });
  // The call itself tells of its failure; without this, a process in which nobody else waits for it would end by it.
  output.catch(() => undefined);
  return output;
}

async function refusedOrKnown(caller: Caller, asked: Asked, reservation: Refusal) {
  switch (reservation.kind) {
    case 'denied':
      throw denialFault(reservation.denial, caller.deps.nowMs());
    case 'conflict':
      throw new Fault('run.conflict', { field: 'idempotency-key' });
    case 'running':
      return attach(caller, asked, reservation.runId);
    case 'settled':
      return lookAgain(caller, asked, reservation.runId);
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function keyOf(header: string | null): string | null {
  if (header === null || UUID.test(header)) return header;
  throw new Fault('input.invalid', { field: 'idempotency-key', message: 'idempotency-key: must be a UUID' });
}

export function denialFault({ code, limit, resetsAtMs }: Denial, nowMs: number): Fault {
  if (code === 'input.too_large') {
    return new Fault(code, { limit, field: 'body', message: 'body: one run of this size may cost more than the whole budget' });
  }
  if (resetsAtMs === null) return new Fault(code, { limit, retryAfterMs: code === 'limit.killed' ? 60_000 : 1_000 });
  const resetsAt = isoOf(resetsAtMs);
  return new Fault(code, { limit, resetsAt, retryAfterMs: Math.max(0, Math.ceil(resetsAtMs - nowMs)) });
}
