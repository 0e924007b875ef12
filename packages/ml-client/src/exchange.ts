import type { MlFailure } from './failure.ts';
import { failureOf, transportFailure } from './failure.ts';

/** The model itself stops at the deadline and says what was used; only a model that says nothing is cut off, this much later. */
const GRACE_MS = 500;
/** To tell the model of a cancel. It answers at once or it doesn't know the call. */
const CANCEL_MS = 1_000;
/** A call that the model doesn't know may just have ended, and then its reply is under way. */
const UNDER_WAY_MS = 50;
/** 64 vectors of 1 536 dimensions take two of these. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

/** One request to the model, with everything that opens it. */
export interface Outgoing {
  readonly url: URL;
  readonly runId: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** How long a cancelled call may take to say what ran: the batch that it is in, and a little. */
  readonly reportMs: number;
}

/** `text` undefined: more bytes than any reply has. */
export type Exchanged =
  | { readonly response: Response; readonly text: string | undefined; readonly wallMs: number }
  | { readonly failure: MlFailure; readonly begun: boolean };

/**
 * Sends one request and reads its reply. A redirect is refused: the secret would go along. When the caller leaves, the model
 * is told so and this call stays open until it has answered with what ran; a model that can't be told is cut off.
 */
export async function exchange(outgoing: Outgoing): Promise<Exchanged> {
  const { url, body, headers, deadlineMs, signal } = outgoing;
  if (signal.aborted) return { failure: failureOf('request.cancelled', { dispatched: false }), begun: false };
  const startMs = performance.now();
  const timeout = AbortSignal.timeout(deadlineMs + GRACE_MS);
  const cut = new AbortController();
  const leave = () => void cancel(outgoing).then((waitMs) => abortAfter(cut, waitMs));
  signal.addEventListener('abort', leave, { once: true });
  let begun = false;
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.any([cut.signal, timeout]),
      headers: { ...headers, 'content-type': 'application/json', 'x-deadline-ms': String(deadlineMs) },
      body,
    });
    begun = response.ok;
    return { response, text: await boundedText(response), wallMs: performance.now() - startMs };
  } catch (error) {
    return { failure: transportFailure(error, { cancelled: signal.aborted, timedOut: timeout.aborted }), begun };
  } finally {
    signal.removeEventListener('abort', leave);
    cut.abort();
  }
}

/** Takes the call out of the model's queue. Returns how long its report may take. */
async function cancel({ url, runId, headers, reportMs }: Outgoing): Promise<number> {
  const address = new URL(`/v1/runs/${encodeURIComponent(runId)}`, url);
  const told = AbortSignal.timeout(CANCEL_MS);
  try {
    const { ok, status, body } = await fetch(address, { method: 'DELETE', redirect: 'error', headers, signal: told });
    await body?.cancel();
    return ok ? reportMs : status === 404 ? UNDER_WAY_MS : 0;
  } catch {
    return 0;
  }
}

/** Aborting what has ended does nothing, so the timer needs no end of its own. */
function abortAfter(cut: AbortController, waitMs: number): void {
  if (waitMs === 0) cut.abort();
  else setTimeout(() => cut.abort(), waitMs).unref();
}

async function boundedText({ body }: Response): Promise<string | undefined> {
  if (!body) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > MAX_REPLY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
