import { StoreDown } from '../ports.ts';
import { type Call, type CallOptions, newCall } from './call.ts';
import { BatchFailed, type Transport } from './transport.ts';

/** As many calls share a transaction at most: a batch has to be done well within a caller's deadline. */
const BATCH_CALLS = 128;
/** What nobody waits for any more and still has to be told is kept up to here; beyond it, leases do their work. */
const KEPT_CALLS = 10_000;
/** The patience of those who may wait: as long as a database needs to come back. */
const PATIENT_MS = 5_000;
/** After so many failed flights a call flies alone; after twice as many it is given up. */
const TRIES = 3;

/**
 * Calls into a store, one batch at a time: what comes in while one is on its way is the next. It is what makes a commit cheap,
 * since all calls of a batch share one.
 */
export interface Lane {
  /** Resolves with the operation's value, or rejects with `StoreDown` after the deadline. */
  call<T>(operation: string, args: readonly unknown[], options: CallOptions<T>): Promise<T>;
  /** What was asked before is still done, if the store is there within the patience of an outage. */
  close(): Promise<void>;
}

export interface LaneOptions {
  /** Of those who don't wait; the others have the patience of an outage. */
  readonly deadlineMs: number;
  /** As many calls share a transaction at most. */
  readonly batchCalls?: number;
}

interface Flight {
  readonly calls: readonly Call[];
  readonly sinceMs: number;
  /** It has not come back within a caller's deadline. */
  silent: boolean;
}

interface State {
  readonly transport: Transport;
  readonly deadlineMs: number;
  readonly batchCalls: number;
  queue: Set<Call>;
  flight: Flight | null;
  planned: boolean;
  closed: boolean;
  /** Nothing is sent any more. */
  drained: boolean;
  /** Called when nothing is on its way. */
  idle: () => void;
}

export function openLane(transport: Transport, { deadlineMs, batchCalls = BATCH_CALLS }: LaneOptions): Lane {
  const state: State = {
    transport,
    deadlineMs,
    batchCalls,
    queue: new Set(),
    flight: null,
    planned: false,
    closed: false,
    drained: false,
    idle: () => undefined,
  };
  transport.onUp(() => plan(state));
  return {
    call: (operation, args, options) => enqueue(state, { operation, args, options }),
    close: () => close(state),
  };
}

interface Asked<T> {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly options: CallOptions<T>;
}

async function enqueue<T>(state: State, { operation, args, options }: Asked<T>): Promise<T> {
  // What was decided is still taken in while the lane closes, and given up only when nobody waits for it any more.
  if (state.closed && (options.manner !== 'kept' || state.drained)) throw new StoreDown('the ledger is closed');
  const isSoon = options.manner === 'soon';
  if (isSoon && (!state.transport.isUp() || state.flight?.silent)) throw new StoreDown('the ledger does not answer');
  const deadlineMs = isSoon ? state.deadlineMs : Math.max(state.deadlineMs, PATIENT_MS);
  const onDeadline = (late: Call) => missed(state, late);
  const [call, promise] = newCall({ ...options, operation, args, deadlineMs, onDeadline });
  state.queue.add(call);
  plan(state);
  return promise;
}

function missed({ queue, flight, deadlineMs }: State, call: Call): void {
  if (call.manner !== 'kept' || queue.size > KEPT_CALLS) queue.delete(call);
  // One that waits behind a long queue says nothing about the store.
  if (flight && (flight.calls.includes(call) || performance.now() - flight.sinceMs >= deadlineMs)) flight.silent = true;
}

/** What is asked within one turn of the event loop leaves together. */
function plan(state: State): void {
  if (state.planned) return;
  state.planned = true;
  setImmediate(() => {
    state.planned = false;
    if (!state.flight && state.transport.isUp()) {
      const calls = takeBatch(state);
      if (calls.length > 0) void fly(state, calls);
    }
    if (!state.flight) state.idle();
  });
}

async function fly(state: State, calls: readonly Call[]): Promise<void> {
  state.flight = { calls, sinceMs: performance.now(), silent: false };
  try {
    const results = await state.transport.send(`[${calls.map(({ text }) => text).join(',')}]`);
    for (const [place, call] of calls.entries()) call.answer(results[place]);
  } catch (error) {
    state.queue = new Set([...failed(calls, error), ...state.queue]);
  } finally {
    state.flight = null;
    plan(state);
  }
}

/**
 * As many as share a transaction, or one that flies alone. The others wait in a set of their own: one that is emptied and filled
 * again and again, once it has grown old, keeps what went through it until a full collection.
 */
function takeBatch(state: State): Call[] {
  const waiting = [...state.queue];
  const lone = waiting.findIndex(({ alone }) => alone);
  const taken = lone === 0 ? 1 : Math.min(state.batchCalls, lone === -1 ? waiting.length : lone);
  state.queue = new Set(waiting.slice(taken));
  return waiting.slice(0, taken).toSorted((a, b) => a.rank - b.rank);
}

/**
 * Refuses those for whom it is over, and returns those that fly again. A batch is one transaction, so nothing of a failed one
 * was written, unless the store went down under it: then nobody knows, and what flies again has to change nothing the second
 * time. A reserve does not fly again: it is given back by its id.
 */
function failed(calls: readonly Call[], error: unknown): Call[] {
  const message = error instanceof Error ? error.message : String(error);
  const fault = error instanceof BatchFailed ? error.fault : 'down';
  const again: Call[] = [];
  for (const call of calls) {
    // A store that is full will be again what it was; another failure may be this call's own doing.
    if (fault !== 'full') call.tries += 1;
    const spent = call.tries > 2 * TRIES || (fault === 'broken' && calls.length === 1);
    if (spent) {
      call.refuse(fault === 'broken' ? new Error(message) : new StoreDown(message));
      if (fault === 'down') call.lose();
    } else if (call.manner === 'soon' && (fault === 'down' || fault === 'full')) {
      call.refuse(new StoreDown(message));
      if (fault === 'down') call.lose();
    } else {
      call.alone = fault === 'broken' || call.tries > TRIES;
      again.push(call);
    }
  }
  return again;
}

async function close(state: State): Promise<void> {
  if (state.closed) return;
  state.closed = true;
  await new Promise<void>((resolve) => {
    const tooLate = setTimeout(resolve, Math.max(state.deadlineMs, PATIENT_MS));
    state.idle = () => {
      if (state.queue.size > 0) return;
      clearTimeout(tooLate);
      resolve();
    };
    plan(state);
  });
  state.drained = true;
  for (const call of [...state.queue, ...(state.flight?.calls ?? [])]) call.refuse(new StoreDown('the ledger is closed'));
}
