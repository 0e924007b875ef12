import { TRPCClientError } from '@trpc/client';
import type { Twohop } from './client.ts';
import type { HighlightsEvent, HighlightsRequest, TwohopRouter } from './contract.ts';
import { cancelled, ofEvent, toTwohopError, TwohopError } from './error.ts';

export interface StreamOptions {
  readonly signal?: AbortSignal;
  /** A UUID. Whoever comes again with the key of a run in flight reads it from its first event, and pays nothing more. */
  readonly idempotencyKey?: string;
}

export type HighlightsProgress = Exclude<HighlightsEvent, { type: 'error' }>;

/** The server waits ten seconds for who has lost the connection. */
const REATTACH_AFTER_MS = [0, 500, 1_000, 2_000, 4_000];

/**
 * Key sentences of a long page, part by part as they are found; the last event is `done`. A connection that is lost in between
 * is made again with the same key, and what was told already is not told twice. Leaving the loop, or aborting, ends the run,
 * which pays for what ran.
 *
 * @throws TwohopError for every failure, also one in the middle
 */
export async function* streamHighlights(
  twohop: Twohop,
  request: HighlightsRequest,
  { signal, idempotencyKey = crypto.randomUUID() }: StreamOptions = {},
): AsyncGenerator<HighlightsProgress, void> {
  const leaving = new AbortController();
  const signals = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal;
  const open = () => twohop.highlights.stream.mutate(request, { signal: signals, context: { idempotencyKey } });
  const place: Place = { next: 0, isReached: false, lost: 0 };
  try {
    for (;;) {
      try {
        yield* unread(await open(), place);
        return;
      } catch (error) {
        await reattach(error, place, signals);
      }
    }
  } finally {
    leaving.abort();
  }
}

/** How far a stream was read, over all its connections. */
interface Place {
  next: number;
  isReached: boolean;
  /** Connections in a row that brought nothing new. */
  lost: number;
}

async function* unread(events: AsyncIterable<HighlightsEvent>, place: Place): AsyncGenerator<HighlightsProgress, void> {
  place.isReached = true;
  for await (const event of events) {
    if (event.type === 'error') throw ofEvent(event);
    if (event.seq < place.next) continue;
    Object.assign(place, { next: event.seq + 1, lost: 0 });
    yield event;
    if (event.type === 'done') return;
  }
  throw new TRPCClientError<TwohopRouter>('the stream ended before its last event');
}

/** Resolves when the connection shall be made again. Of a server that was never reached the caller is told as of any call. */
async function reattach(error: unknown, place: Place, signal: AbortSignal): Promise<void> {
  const failure = failureOf(error, signal);
  const waitMs = REATTACH_AFTER_MS[place.lost];
  if (failure.code !== 'network.unreachable' || !place.isReached || waitMs === undefined) throw failure;
  place.lost += 1;
  await wait(waitMs, signal);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

function failureOf(error: unknown, { aborted }: AbortSignal): TwohopError {
  if (error instanceof TwohopError) return error;
  const cause =
    error instanceof TRPCClientError
      ? (error as TRPCClientError<TwohopRouter>)
      : TRPCClientError.from<TwohopRouter>(error as Error);
  return aborted ? cancelled(cause) : toTwohopError(cause);
}
