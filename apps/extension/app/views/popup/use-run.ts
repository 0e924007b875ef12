import { useCallback, useRef, useState } from 'react';
import type { Draft, Highlights } from '../../core/draft.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import { twohop } from '../shared/client.ts';

export type RunState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running' }
  | { readonly phase: 'failed'; readonly failure: Failure };

/** One run at a time. `onDone` gets its result and the draft it is for. */
export const useRun = (onDone: (result: Highlights, draft: Draft) => void) => {
  const [state, setState] = useState<RunState>({ phase: 'idle' });
  const controller = useRef<AbortController | null>(null);
  const start = useCallback(
    async (draft: Draft) => {
      controller.current?.abort();
      const { signal } = (controller.current = new AbortController());
      setState({ phase: 'running' });
      try {
        const { text, count } = draft;
        const result = await twohop.highlights.run.mutate({ text, count }, { signal });
        if (signal.aborted) return;
        setState({ phase: 'idle' });
        onDone(result, draft);
      } catch (error) {
        if (!signal.aborted) setState({ phase: 'failed', failure: toFailure(error) });
      }
    },
    [onDone],
  );
  /** Ends the run, also on the server, or takes the failure off the screen. */
  const reset = useCallback(() => {
    controller.current?.abort();
    setState({ phase: 'idle' });
  }, []);
  return { state, start, reset };
};
