import { useState } from 'react';
import { type Failure, toFailure } from '../../core/failure.ts';
import type { Meaning } from '../../core/library.ts';
import { quantized } from '../../core/vector.ts';
import type { UserLibrary } from './use-library.ts';

type MeaningState =
  | { readonly phase: 'none' }
  | { readonly phase: 'asking'; readonly query: string }
  | { readonly phase: 'known'; readonly query: string; readonly meaning: Meaning }
  | { readonly phase: 'failed'; readonly query: string; readonly failure: Failure };

/** What a query means: the one thing of a search in the library that a model has to tell. */
export const useMeaning = ({ embed }: UserLibrary) => {
  const [state, setState] = useState<MeaningState>({ phase: 'none' });
  const ask = async (query: string): Promise<void> => {
    const asking: MeaningState = { phase: 'asking', query };
    setState(asking);
    const told = await embed([query]).then(
      ({ model, embeddings }): MeaningState => ({
        phase: 'known',
        query,
        meaning: { model, vector: quantized(embeddings[0] ?? []) },
      }),
      (error: unknown): MeaningState => ({ phase: 'failed', query, failure: toFailure(error) }),
    );
    // Another query, or none, may have come in between.
    setState((now) => (now === asking ? told : now));
  };
  return { state, ask, reset: () => setState({ phase: 'none' }) };
};
