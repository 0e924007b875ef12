import { useCallback, useRef, useState } from 'react';
import type { Left } from '../../core/amounts.ts';
import { type InContext, inContext } from '../../core/context.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import { partsOf } from '../../core/parts.ts';
import { twohop } from '../shared/client.ts';
import type { Page } from '../shared/use-page.ts';

export interface Found extends InContext {
  readonly start: number;
  readonly score: number;
}

export type SearchState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'searching'; readonly query: string }
  | { readonly phase: 'found'; readonly query: string; readonly found: readonly Found[] }
  | { readonly phase: 'failed'; readonly query: string; readonly failure: Failure };

/** As many as somebody looks through. */
const count = 8;

interface Request {
  readonly query: string;
  readonly text: string;
  readonly signal: AbortSignal;
}

/** Ranks over all parts of the text: scores of one model and one query compare. */
const rank = async ({ query, text, signal }: Request, onReceipt: (left: Left) => void): Promise<Found[]> => {
  const found: Found[] = [];
  for (const part of partsOf(text)) {
    const words = text.slice(part.start, part.end);
    const { passages, receipt } = await twohop.search.run.mutate({ query, text: words, count }, { signal });
    onReceipt(receipt);
    for (const { start, end, score } of passages) {
      const stretch = { start: part.start + start, end: part.start + end };
      found.push({ ...inContext(text, stretch), start: stretch.start, score });
    }
  }
  return found.toSorted((one, other) => other.score - one.score).slice(0, count);
};

/** Finds passages of the page by their meaning. A search that begins ends the one before, on the server too. */
export const useSearch = ({ tell }: Page, onReceipt: (left: Left) => void) => {
  const [state, setState] = useState<SearchState>({ phase: 'idle' });
  const controller = useRef<AbortController | null>(null);
  const reset = useCallback(() => {
    controller.current?.abort();
    setState({ phase: 'idle' });
  }, []);
  const search = useCallback(
    async (query: string) => {
      controller.current?.abort();
      const { signal } = (controller.current = new AbortController());
      setState({ phase: 'searching', query });
      try {
        const page = await tell('text', null);
        if (signal.aborted) return;
        // Where the page cannot be read, the view below says so.
        if (!page) return setState({ phase: 'idle' });
        const found = await rank({ query, text: page.text, signal }, onReceipt);
        if (!signal.aborted) setState({ phase: 'found', query, found });
      } catch (error) {
        if (!signal.aborted) setState({ phase: 'failed', query, failure: toFailure(error) });
      }
    },
    [tell, onReceipt],
  );
  return { state, search, reset };
};
