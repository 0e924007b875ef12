import type { z } from 'zod';
import { breaker } from './breaker.ts';
import { failureOf, parseJson, type MlFailure, refusedReply, transportFailure } from './failure.ts';
import {
  type EmbeddingsData,
  type EmbeddingsResponse,
  type HighlightsData,
  type HighlightsResponse,
  type SearchData,
  type SearchResponse,
} from './generated/types.gen.ts';
import { zEmbeddingsResponse, zHighlightsResponse, zSearchResponse } from './generated/zod.gen.ts';
import { traceparentOf } from './traceparent.ts';

export interface MlClientOptions {
  /** Address of the model: `http://127.0.0.1:8000`. */
  readonly url: string;
  /** The secret that opens it. It is sent nowhere else: redirects are refused. */
  readonly key: string;
}

/** The model itself stops at the deadline and says what was used; only a model that says nothing is cut off, this much later. */
const GRACE_MS = 500;

export interface MlCall {
  readonly runId: string;
  /** The model stops by itself after this long, and so does this call. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * `computeUs` is what the model reports in `x-compute-us`; a model that reports nothing is charged by wall time; null when
 * the report cannot be read. `timings` are milliseconds by name.
 */
export type MlReply<T> =
  | { readonly ok: true; readonly body: T; readonly computeUs: number | null; readonly timings: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly failure: MlFailure };

export type MlClient = ReturnType<typeof mlClient>;

/** An operation of the contract: its path and its body come from the same generated type, so neither can change alone. */
interface Operation<Data extends { url: string; body: unknown }, Reply> {
  readonly path: Data['url'];
  readonly reply: z.ZodType<Reply>;
}

/** The typed second hop: deadline, breaker, and replies checked against the contract. Failures are values. */
export function mlClient({ url, key }: MlClientOptions) {
  const guard = breaker();

  const operation =
    <Data extends { url: string; body: unknown }, Reply>({ path, reply }: Operation<Data, Reply>) =>
    (body: Data['body'], call: MlCall): Promise<MlReply<Reply>> =>
      guard(() => post(path, body, call).then((sent) => read(sent, reply)));

  const post = async (path: string, body: unknown, { runId, deadlineMs, signal }: MlCall): Promise<Sent> => {
    const startMs = performance.now();
    const timeout = AbortSignal.timeout(deadlineMs + GRACE_MS);
    try {
      const response = await fetch(new URL(path, url), {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.any([signal, timeout]),
        headers: {
          'content-type': 'application/json',
          'x-api-key': key,
          'x-request-id': runId,
          traceparent: traceparentOf(runId),
          'x-deadline-ms': String(deadlineMs),
        },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      return { response, text, wallMs: performance.now() - startMs };
    } catch (error) {
      return { failure: transportFailure(error, { cancelled: signal.aborted, timedOut: timeout.aborted }) };
    }
  };

  return {
    embeddings: operation<EmbeddingsData, EmbeddingsResponse>({ path: '/v1/embeddings', reply: zEmbeddingsResponse }),
    highlights: operation<HighlightsData, HighlightsResponse>({ path: '/v1/highlights', reply: zHighlightsResponse }),
    search: operation<SearchData, SearchResponse>({ path: '/v1/search', reply: zSearchResponse }),
  };
}

type Sent = { readonly response: Response; readonly text: string; readonly wallMs: number } | { readonly failure: MlFailure };

function read<Reply>(sent: Sent, schema: z.ZodType<Reply>): MlReply<Reply> {
  if ('failure' in sent) return { ok: false, failure: sent.failure };
  const { response, text, wallMs } = sent;
  const reported = computeUsOf(response);
  if (!response.ok) return { ok: false, failure: refusedReply(response, text, reported) };
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) return { ok: false, failure: failureOf('upstream.bad_response', { computeUs: reported ?? null }) };
  const computeUs = reported === undefined ? Math.ceil(wallMs * 1000) : reported;
  return { ok: true, body: parsed.data, computeUs, timings: timingsOf(response) };
}

/** Undefined: no report. Null: a report that cannot be read. */
function computeUsOf({ headers }: Response): number | null | undefined {
  const header = headers.get('x-compute-us');
  if (header === null) return undefined;
  return /^\d{1,15}$/.test(header) ? Number(header) : null;
}

/** `Server-Timing: queue;dur=1.5, compute;dur=20` → `{ queue: 1.5, compute: 20 }`. */
function timingsOf({ headers }: Response): Record<string, number> {
  const timings: Record<string, number> = {};
  for (const [, name = '', ms] of (headers.get('server-timing') ?? '').matchAll(/([\w-]+);dur=([\d.]+)/g))
    timings[name] = Number(ms);
  return timings;
}
