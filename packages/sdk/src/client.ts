import { createTRPCClient, httpBatchStreamLink, httpLink, type OperationContext, splitLink, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import sdk from '../package.json' with { type: 'json' };
import type { TwohopRouter } from './contract.ts';
import { cancelled, toTwohopError } from './error.ts';
import { nextTry } from './retry.ts';

/** Returns the user's ID token, a new one when `refresh` is set, or null when nobody is signed in. */
export type GetToken = (options: { refresh: boolean }) => Promise<string | null>;

export interface TwohopOptions {
  /** Address of the server, without `/trpc`: `https://api.example.com`. */
  readonly url: string;
  readonly getToken: GetToken;
  /** Sent as `x-client-version`; the server refuses versions it no longer serves. The SDK's own unless given. */
  readonly clientVersion?: string;
  /** A token of Firebase App Check, a new one for each call, where the server asks for it. Null: there is none. */
  readonly getAppCheckToken?: () => Promise<string | null>;
  /**
   * W3C trace context (`traceparent`) of an operation: where the server traces, its spans are below this one. Asked once for all
   * attempts. Null: none. `newTraceparent` for clients without tracing of their own.
   */
  readonly getTraceparent?: () => string | null;
  readonly fetch?: typeof globalThis.fetch;
}

/** Every procedure of the server, typed. Mutations take `{ signal }` and carry an idempotency key. */
export type Twohop = ReturnType<typeof createTwohop>;

export function createTwohop(options: TwohopOptions) {
  const { url, getToken, clientVersion = sdk.version, getAppCheckToken, getTraceparent, fetch } = options;
  const transport = {
    url: new URL('/trpc', url).href,
    ...(fetch && { fetch: fetch as NonNullable<Parameters<typeof httpLink>[0]['fetch']> }),
  };
  const headersOf = async ({ context }: { context: OperationContext }): Promise<Record<string, string>> => {
    const token = await getToken({ refresh: context['refreshToken'] === true });
    const proof = (await getAppCheckToken?.()) ?? null;
    return {
      'x-client-version': clientVersion,
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(proof !== null && { 'x-firebase-appcheck': proof }),
      ...(typeof context['idempotencyKey'] === 'string' && { 'idempotency-key': context['idempotencyKey'] }),
      ...(typeof context['traceparent'] === 'string' && { traceparent: context['traceparent'] }),
    };
  };
  return createTRPCClient<TwohopRouter>({
    links: [
      retryLink(getTraceparent),
      splitLink({
        condition: ({ path }) => path === 'highlights.stream',
        true: httpBatchStreamLink<TwohopRouter>({ ...transport, maxItems: 1, headers: ({ opList: [op] }) => headersOf(op) }),
        // One call a request: a batch shares one abort and one status, and a model call must have its own.
        false: httpLink<TwohopRouter>({ ...transport, headers: ({ op }) => headersOf(op) }),
      }),
    ],
  });
}

/** Gives a mutation its key (the caller's own through `context.idempotencyKey`), and retries by the error table. */
const retryLink =
  (getTraceparent: TwohopOptions['getTraceparent']): TRPCLink<TwohopRouter> =>
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const key = op.type === 'mutation' ? { idempotencyKey: crypto.randomUUID() } : {};
      const context: OperationContext = { ...key, traceparent: getTraceparent?.() ?? null, ...op.context };
      let stop = attemptOnce(1, false);

      function attemptOnce(attempt: number, refreshToken: boolean): () => void {
        const subscription = next({ ...op, context: { ...context, refreshToken } }).subscribe({
          next: (value) => observer.next(value),
          complete: () => observer.complete(),
          error: (cause) => {
            const error = toTwohopError(cause);
            const retry = nextTry(error, attempt);
            if (!retry) return observer.error(error);
            stop = wait(retry.waitMs, op.signal, (left) => {
              if (left) observer.error(cancelled(error));
              else stop = attemptOnce(attempt + 1, retry.refreshToken);
            });
          },
        });
        return () => subscription.unsubscribe();
      }
      return () => stop();
    });

/** Calls `done` once: after the wait, or as soon as the caller has left. Returns what stops the wait without a call. */
function wait(waitMs: number, signal: AbortSignal | null | undefined, done: (left: boolean) => void): () => void {
  const end = (left: boolean) => {
    stop();
    done(left);
  };
  const onAbort = () => end(true);
  const timer = setTimeout(() => end(false), waitMs);
  const stop = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  };
  if (signal?.aborted) end(true);
  else signal?.addEventListener('abort', onAbort);
  return stop;
}
