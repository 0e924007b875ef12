import { type Ask, type Asked, type HttpReply, isGood } from './ask.ts';
import type { MlFailure } from './failure.ts';
import { failureOf, transportFailure } from './failure.ts';

/** The model itself stops at the deadline and says what was used; only a model that says nothing is cut off, this much later. */
const GRACE_MS = 500;
/** To tell the model of a cancel. It answers at once or it doesn't know the call. */
const CANCEL_MS = 1_000;
/** A call that the model doesn't know may just have ended, and then its reply is under way. */
const UNDER_WAY_MS = 50;

/** One request to the model, with everything that opens it. */
export interface Outgoing {
  readonly ask: Ask;
  readonly path: string;
  readonly runId: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** How long a cancelled call may take to say what ran: the batch that it is in, and a little. */
  readonly reportMs: number;
}

export type Exchanged =
  | { readonly reply: HttpReply; readonly wallMs: number }
  | { readonly failure: MlFailure; readonly begun: boolean };

/**
 * Sends one request and reads its reply. When the caller leaves, the model is told so and this call stays open until it has
 * answered with what ran; a model that can't be told is cut off.
 */
export async function exchange(outgoing: Outgoing): Promise<Exchanged> {
  const { ask, path, body, headers, deadlineMs, signal } = outgoing;
  if (signal.aborted) return { failure: failureOf('request.cancelled', { dispatched: false }), begun: false };
  const startMs = performance.now();
  const all = { ...headers, 'content-type': 'application/json', 'x-deadline-ms': String(deadlineMs) };
  const asked = ask({ method: 'POST', path, headers: all, body });
  let timedOut = false;
  const timeout = setTimeout(() => {
    timedOut = true;
    asked.cut(new Error('the model is late'));
  }, deadlineMs + GRACE_MS);
  const leave = () => void cancel(outgoing).then((waitMs) => cutLater(asked, waitMs));
  signal.addEventListener('abort', leave, { once: true });
  try {
    return { reply: await asked.reply, wallMs: performance.now() - startMs };
  } catch (error) {
    return { failure: transportFailure(error, { cancelled: signal.aborted, timedOut }), begun: asked.hasBegun() };
  } finally {
    signal.removeEventListener('abort', leave);
    clearTimeout(timeout);
  }
}

/** Takes the call out of the model's queue. Returns how long its report may take. */
async function cancel({ ask, runId, headers, reportMs }: Outgoing): Promise<number> {
  const asked = ask({ method: 'DELETE', path: `/v1/runs/${encodeURIComponent(runId)}`, headers });
  const timeout = setTimeout(() => asked.cut(new Error('the model is late')), CANCEL_MS);
  try {
    const reply = await asked.reply;
    return isGood(reply) ? reportMs : reply.status === 404 ? UNDER_WAY_MS : 0;
  } catch {
    return 0;
  } finally {
    clearTimeout(timeout);
  }
}

/** Cutting what has ended does nothing, so the timer needs no end of its own. */
function cutLater(asked: Asked, waitMs: number): void {
  const cut = () => asked.cut(new Error('the caller has left'));
  if (waitMs === 0) cut();
  else setTimeout(cut, waitMs).unref();
}
