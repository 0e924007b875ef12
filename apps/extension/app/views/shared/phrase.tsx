import type { ReactNode } from 'react';
import type { MessageKey } from '../../core/words.ts';
import { text } from '../../platform/words.ts';

interface PhraseProps {
  readonly say: MessageKey;
  /** Stands where the message has `$1`. */
  readonly children: ReactNode;
}

/** A message around an element: each language has its own place for it. */
export const Phrase = ({ say, children }: PhraseProps) => {
  const [before, after] = text(say, '\uFFFC').split('\uFFFC');
  return (
    <>
      {before}
      {children}
      {after}
    </>
  );
};
