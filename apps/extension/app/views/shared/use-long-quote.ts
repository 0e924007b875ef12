import { useCallback, useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../core/failure.ts';
import { chunkChars, stepsOf } from '../../core/parts.ts';
import { twohop } from './client.ts';

export interface LongQuote {
  /** Of model time; null while the server has seen too few pages of this size. */
  readonly us: number | null;
  readonly remainingUs: number;
}

/** What a page of so many characters would take: the server's quote for a step of it, times the steps. Costs nothing. */
export const useLongQuote = (chars: number) => {
  const [quote, setQuote] = useState<LongQuote | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = useCallback(() => {
    const step = { procedure: 'highlights.stream', chars: Math.min(chars, chunkChars) } as const;
    twohop.account.quote.query(step).then(
      ({ p50Us, learnedFromRuns, remainingUs }) =>
        setQuote({ us: learnedFromRuns === 0 ? null : p50Us * stepsOf(chars), remainingUs }),
      (error: unknown) => setFailure(toFailure(error)),
    );
  }, [chars]);
  useEffect(load, [load]);
  const ask = () => {
    setFailure(null);
    load();
  };
  return { quote, failure, ask };
};
