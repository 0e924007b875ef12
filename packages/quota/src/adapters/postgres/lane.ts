import { StoreDown } from '../../ports.ts';
import { type Call, type CallOptions, newCall } from './call.ts';
import { openConnection } from './connection.ts';
import { faultOf } from './faults.ts';

/** As many calls share a transaction at most: a batch has to be done well within a caller's deadline. */
const BATCH_CALLS = 128;
/** What nobody waits for any more and still has to be told is kept up to here; beyond it, leases do their work. */
const KEPT_CALLS = 10_000;
/** The patience of those who may wait: as long as a database needs to come back. */
const PATIENT_MS = 5_000;
/** A server that says nothing for this long is given up and asked by a new connection. */
const SILENCE_MS = 2_500;
/** After so many failed flights a call flies alone; after twice as many it is given up. */
const TRIES = 3;

/** Calls into the database over one connection, one batch at a time: what comes in meanwhile is the next batch. */
export interface Lane {
  /** Resolves with the operation's value, or rejects with `StoreDown` after the deadline. */
  call<T>(operation: string, args: readonly unknown[], options: CallOptions<T>): Promise<T>;
  close(): Promise<void>;
}

export interface LaneOptions {
  readonly url: string;
  readonly schema: string;
  readonly deadlineMs: number;
  /** Batches of all instances wait for each other. */
  readonly exclusive: boolean;
}

/** @throws Error when the database cannot be reached. */
// oxlint-disable-next-line max-lines-per-function -- one closure over the state of one connection
export async function openLane({ url, schema, deadlineMs, exclusive }: LaneOptions): Promise<Lane> {
  const patientMs = Math.max(deadlineMs, PATIENT_MS);
  const statement = { name: 'twohop-batch', text: `select ${schema}.batch($1, $2) as results` };
  let queue = new Set<Call>();
  let flight: { readonly sinceMs: number } | null = null;
  let planned = false;
  let closed = false;
  let idle = (): void => undefined;

  const plan = () => {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      if (!flight && connection.isUp()) void fly(takeBatch(queue));
      if (!flight) idle();
    });
  };
  const connection = await openConnection({ url, onUp: () => plan(), onDown: () => undefined });
  const again = (calls: readonly Call[]) => {
    queue = new Set([...calls, ...queue]);
  };
  const fly = async (calls: readonly Call[]) => {
    if (calls.length === 0) return;
    flight = { sinceMs: performance.now() };
    const silence = setTimeout(() => connection.drop(), SILENCE_MS);
    try {
      const texts = `[${calls.map(({ text }) => text).join(',')}]`;
      const { rows } = await connection.query({ ...statement, values: [texts, exclusive] });
      const results = rows[0]?.['results'] as readonly unknown[];
      for (const [place, call] of calls.entries()) call.answer(results[place]);
    } catch (error) {
      const failed = failedFlight(calls, error);
      again(failed.again);
      if (failed.down) connection.drop();
    } finally {
      clearTimeout(silence);
      flight = null;
      plan();
    }
  };
  const isSilent = () => flight !== null && performance.now() - flight.sinceMs > 2 * deadlineMs;
  return {
    call: async (operation, args, options) => {
      if (closed) throw new StoreDown('the ledger is closed');
      if (options.manner === 'soon' && (!connection.isUp() || isSilent())) {
        throw new StoreDown("the ledger's database does not answer");
      }
      const onDeadline = (call: Call) => {
        if (call.manner !== 'kept' || queue.size > KEPT_CALLS) queue.delete(call);
      };
      const text = JSON.stringify([operation, ...args]);
      const limitMs = options.manner === 'soon' ? deadlineMs : patientMs;
      const [call, promise] = newCall({ ...options, operation, text, deadlineMs: limitMs, onDeadline });
      queue.add(call);
      plan();
      return promise;
    },
    close: async () => {
      if (closed) return;
      closed = true;
      // What was asked before is still done, if the database is there to do it.
      const tooLate = setTimeout(() => idle(), deadlineMs);
      await new Promise<void>((resolve) => {
        idle = () => {
          if (queue.size === 0 || !connection.isUp()) resolve();
        };
        tooLate.ref();
        plan();
      });
      clearTimeout(tooLate);
      for (const call of queue) call.refuse(new StoreDown('the ledger is closed'));
      await connection.close();
    },
  };
}

/**
 * Takes the next calls out of the queue: as many as share a transaction, or one that flies alone. Calls that wait at the same
 * time have no order among each other, so what is alike is put together, and what frees a budget goes first.
 */
function takeBatch(queue: Set<Call>): Call[] {
  const batch: Call[] = [];
  for (const call of queue) {
    if (batch.length === BATCH_CALLS || (call.alone && batch.length > 0)) break;
    queue.delete(call);
    batch.push(call);
    if (call.alone) break;
  }
  return batch.toSorted((a, b) => a.rank - b.rank);
}

/**
 * Refuses those for whom it is over, and tells which of them fly again. A batch is one transaction, so nothing of a failed
 * one was written, unless the connection was lost: then nobody knows, and what flies again has to change nothing the second
 * time. A reserve does not fly again: it is given back by its id.
 */
function failedFlight(calls: readonly Call[], error: unknown): { again: Call[]; down: boolean } {
  const message = error instanceof Error ? error.message : String(error);
  const fault = faultOf(error);
  const again: Call[] = [];
  for (const call of calls) {
    call.tries += 1;
    const spent = call.tries > 2 * TRIES || (fault === 'broken' && calls.length === 1);
    if (spent) call.refuse(fault === 'broken' ? new Error(message) : new StoreDown(message));
    else if (fault === 'down' && call.manner === 'soon') {
      call.refuse(new StoreDown(message));
      call.lose();
    } else {
      call.alone = fault === 'broken' || call.tries > TRIES;
      again.push(call);
    }
  }
  return { again, down: fault === 'down' };
}
