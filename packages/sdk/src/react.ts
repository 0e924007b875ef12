import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Twohop } from './client.ts';
import type { EmbeddingsRequest, HighlightsRequest, QuoteRequest, SearchRequest } from './contract.ts';
import { TwohopError } from './error.ts';
import { type HighlightsProgress, streamHighlights } from './stream.ts';

/** Of all queries below; `invalidateQueries({ queryKey: twohopKey })` when another user signs in. */
export const twohopKey = ['twohop'] as const;

/** The client has tried again already, by the table of errors: React Query must not multiply that. */
const retry = false;

const read = <Answer>(key: readonly unknown[], ask: (signal: AbortSignal) => Promise<Answer>) =>
  queryOptions<Answer, TwohopError>({ queryKey: [...twohopKey, ...key], queryFn: ({ signal }) => ask(signal), retry });

/** What a run has used is seen at once by whoever shows what is left. */
const run = <Request, Result>(name: string, ask: (request: Request) => Promise<Result>) =>
  mutationOptions<Result, TwohopError, Request>({
    mutationKey: [...twohopKey, name],
    mutationFn: ask,
    onSettled: (...[, , , , { client }]) => client.invalidateQueries({ queryKey: [...twohopKey, 'quota'] }),
    retry,
  });

/**
 * Options for `useQuery` and `useMutation`: `useQuery(twohopOptions(twohop).quota())`,
 * `useMutation(twohopOptions(twohop).highlights())`.
 */
export const twohopOptions = ({ account, highlights, search, embeddings }: Twohop) => ({
  me: () => read(['me'], (signal) => account.me.query(undefined, { signal })),
  quota: () => read(['quota'], (signal) => account.quota.query(undefined, { signal })),
  quote: (request: QuoteRequest) => read(['quote', request], (signal) => account.quote.query(request, { signal })),
  highlights: () => run('highlights', (request: HighlightsRequest) => highlights.run.mutate(request)),
  search: () => run('search', (request: SearchRequest) => search.run.mutate(request)),
  embeddings: () => run('embeddings', (request: EmbeddingsRequest) => embeddings.run.mutate(request)),
});

export interface HighlightsStream {
  readonly status: 'idle' | 'running' | 'done' | 'failed';
  /** All events so far. A `part` has what was found in it; the last one, `done`, has the best of the whole text. */
  readonly events: readonly HighlightsProgress[];
  readonly error: TwohopError | null;
}

const idle: HighlightsStream = { status: 'idle', events: [], error: null };

/**
 * A long text, part by part as it is read. `start` ends the run before it; `cancel` and the end of the component end the run,
 * which pays for what ran.
 */
export function useHighlightsStream(twohop: Twohop) {
  const [stream, setStream] = useState(idle);
  const running = useRef<AbortController>(null);

  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setStream(idle);
  }, []);

  const start = useCallback(
    async (request: HighlightsRequest) => {
      running.current?.abort();
      const own = new AbortController();
      running.current = own;
      setStream({ ...idle, status: 'running' });
      const tell = (next: (before: HighlightsStream) => HighlightsStream) => {
        if (running.current === own) setStream(next);
      };
      try {
        for await (const event of streamHighlights(twohop, request, { signal: own.signal }))
          tell(({ events }) => ({ status: event.type === 'done' ? 'done' : 'running', events: [...events, event], error: null }));
      } catch (error) {
        if (!(error instanceof TwohopError)) throw error;
        tell(({ events }) => ({ status: 'failed', events, error }));
      }
    },
    // oxlint-disable-next-line react/memo-dependencies -- the loop above reads it
    [twohop],
  );

  useEffect(() => () => running.current?.abort(), []);
  return { ...stream, start, cancel };
}
