import { headerOf, type HttpReply } from './ask.ts';
import type { ErrorCode } from './generated/types.gen.ts';
import { zErrorReply } from './generated/zod.gen.ts';

/** `dispatched`: the model may have seen the request, so it may have worked, and somebody pays. */
export interface MlFailure {
  readonly code: ErrorCode;
  readonly dispatched: boolean;
  /** What the model said it used; null when it said nothing that can be read. */
  readonly computeUs: number | null;
  /** When to ask again; on a failure that may be tried once more, null says that too many have been tried already. */
  readonly retryAfterMs: number | null;
  readonly field: string | null;
  /** The model's own sentence about the input; null when it said none. */
  readonly message: string | null;
}

/** What one attempt came to. `begun`: bytes of a good reply had arrived when it failed. */
export type Answer<T> =
  | { readonly ok: true; readonly body: T; readonly computeUs: number | null; readonly timings: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly failure: MlFailure; readonly begun?: boolean };

export const failureOf = (code: ErrorCode, more: Partial<MlFailure> = {}): MlFailure => ({
  code,
  dispatched: true,
  computeUs: null,
  retryAfterMs: null,
  field: null,
  message: null,
  ...more,
});

/** Errors of a connection that never stood: no byte of the request left, so nothing was spent. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A call that got no reply at all. */
export function transportFailure(error: unknown, { cancelled, timedOut }: { cancelled: boolean; timedOut: boolean }): MlFailure {
  if (cancelled) return failureOf('request.cancelled');
  if (timedOut) return failureOf('upstream.timeout');
  const code = codeOf(error);
  if (code && NEVER_CONNECTED.has(code)) return failureOf('upstream.cold', { dispatched: false, retryAfterMs: 2_000 });
  return failureOf('upstream.bad_response');
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** A reply that is an error: in the table's words when the model speaks them, else by its status. */
export function refusedReply(reply: HttpReply, reported: number | null | undefined): MlFailure {
  const retryAfterMs = retryAfterOf(reply);
  const computeUs = reported ?? null;
  const parsed = zErrorReply.safeParse(parseJson(reply.text));
  if (!parsed.success) {
    const code = reply.status === 503 ? 'capacity.overloaded' : 'upstream.bad_response';
    return failureOf(code, { computeUs, retryAfterMs });
  }
  const { code, message, field, retryAfterMs: told } = parsed.data.error;
  return failureOf(code, { computeUs, message, field, retryAfterMs: retryAfterMs ?? told });
}

function retryAfterOf(reply: HttpReply): number | null {
  const seconds = Number(headerOf(reply, 'retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds * 1000) : null;
}

/** Undefined when there is no text or it is not JSON: a proxy's page, a cut reply. */
export function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
