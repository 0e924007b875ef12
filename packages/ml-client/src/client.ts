import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import { type Ask, headerOf, type HttpReply, isGood } from './ask.ts';
import { breaker } from './breaker.ts';
import { exchange, type Exchanged } from './exchange.ts';
import { type Answer, failureOf, type MlFailure, parseJson, refusedReply } from './failure.ts';
import { type Operations, operations } from './generated/operations.gen.ts';
import { keyRing } from './key-ring.ts';
import { retried, retryBudget } from './retry.ts';
import { traceparentOf } from './traceparent.ts';

export interface MlClientOptions {
  /** Reaches the model. */
  readonly ask: Ask;
  /** The secrets that open it: two while one is replaced. They are sent nowhere else: redirects are refused. */
  readonly keys: readonly string[];
  /** Headers for whatever stands in front of the model; asked before every request. When it rejects, nothing was sent. */
  readonly authorize?: () => Promise<Readonly<Record<string, string>>>;
  /** Attempts that a run's hold on the spend cap covers; 1 unless told. */
  readonly attempts?: number;
  /** How long a cancelled call may take to say what ran. The longest batch, and a little. */
  readonly reportMs?: number;
}

const REPORT_MS = 2_500;
/** Whoever gives out tokens answers in a moment, or not at all. */
const AUTHORIZE_MS = 3_000;

export interface MlCall {
  readonly runId: string;
  /** An opaque name: calls that share it share a turn in the model's queue. */
  readonly userKey: string;
  /** The model stops by itself after this long, and so does this call, with all its attempts. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** W3C trace context of whoever calls; without it that of the run. */
  readonly traceparent?: string | undefined;
}

/**
 * `computeUs` is what the model reports in `x-compute-us`; a model that reports nothing is charged by wall time; null when
 * the report cannot be read. `failedUs` is what attempts before it used that failed: the project's, not the user's. `timings`
 * are milliseconds by name.
 */
export type MlReply<T> =
  | {
      readonly ok: true;
      readonly body: T;
      readonly computeUs: number | null;
      readonly failedUs: number | null;
      readonly timings: Readonly<Record<string, number>>;
    }
  | { readonly ok: false; readonly failure: MlFailure };

/** One function an operation of the contract. */
export type MlClient = {
  readonly [Name in keyof Operations]: (
    body: Operations[Name]['body'],
    call: MlCall,
  ) => Promise<MlReply<Operations[Name]['reply']>>;
};

/** The typed second hop: deadline, cancel, retries, breaker, and replies checked against the contract. Failures are values. */
export function mlClient({ ask, keys, authorize, attempts = 1, reportMs = REPORT_MS }: MlClientOptions): MlClient {
  const guard = breaker();
  const budget = retryBudget();
  const ring = keyRing(keys);

  const operation =
    <Reply>(path: string, reply: z.ZodType<Reply>) =>
    async (body: unknown, call: MlCall): Promise<MlReply<Reply>> => {
      const text = JSON.stringify(body);
      return retried({ ...call, budget, attempts }, (deadlineMs) =>
        guard(async () => read(await send(path, text, { ...call, deadlineMs }), reply)),
      );
    };

  const send = async (path: string, body: string, call: MlCall): Promise<Exchanged> => {
    const { runId, userKey, deadlineMs, signal, traceparent = traceparentOf(runId) } = call;
    const startMs = performance.now();
    const opening = authorize && (await soon(authorize()));
    if (opening === null) return { failure: failureOf('upstream.bad_response', { dispatched: false }), begun: false };
    const asWith = (key: string): Promise<Exchanged> => {
      const leftMs = Math.max(1, Math.ceil(deadlineMs - (performance.now() - startMs)));
      const names = { 'x-request-id': runId, 'x-user-key': userKey, traceparent };
      const headers = { ...opening, ...names, 'x-api-key': key };
      return exchange({ ask, path, runId, body, headers, deadlineMs: leftMs, signal, reportMs });
    };
    return ring.open(asWith, (sent) => 'reply' in sent && sent.reply.status === 401);
  };

  const named = Object.entries(operations).map(([name, { path, reply }]) => [name, operation<unknown>(path, reply)]);
  return Object.fromEntries(named) as MlClient;
}

/** Null: it came to nothing in time. */
const soon = <T>(work: Promise<T>): Promise<T | null> =>
  Promise.race([work.catch(() => null), setTimeout(AUTHORIZE_MS, null, { ref: false })]);

function read<Reply>(sent: Exchanged, schema: z.ZodType<Reply>): Answer<Reply> {
  if ('failure' in sent) return { ok: false, ...sent };
  const { reply, wallMs } = sent;
  const reported = computeUsOf(reply);
  if (!isGood(reply)) return { ok: false, failure: refusedReply(reply, reported) };
  const parsed = schema.safeParse(parseJson(reply.text));
  if (!parsed.success) {
    return { ok: false, failure: failureOf('upstream.bad_response', { computeUs: reported ?? null }), begun: true };
  }
  const computeUs = reported === undefined ? Math.ceil(wallMs * 1000) : reported;
  return { ok: true, body: parsed.data, computeUs, timings: timingsOf(reply) };
}

/** Undefined: no report. Null: a report that cannot be read. */
function computeUsOf(reply: HttpReply): number | null | undefined {
  const header = headerOf(reply, 'x-compute-us');
  if (header === null) return undefined;
  return /^\d{1,15}$/.test(header) ? Number(header) : null;
}

/** `Server-Timing: queue;dur=1.5, compute;dur=20` → `{ queue: 1.5, compute: 20 }`. */
function timingsOf(reply: HttpReply): Record<string, number> {
  const timings: Record<string, number> = {};
  for (const [, name = '', ms] of (headerOf(reply, 'server-timing') ?? '').matchAll(/([\w-]+);dur=([\d.]+)/g))
    timings[name] = Number(ms);
  return timings;
}
