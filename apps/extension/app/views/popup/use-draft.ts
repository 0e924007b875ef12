import { useCallback, useEffect, useState } from 'react';
import { type Draft, emptyDraft } from '../../core/draft.ts';
import { draftStore } from '../shared/client.ts';

/** The text, its settings and its result; null until the browser has brought back what was there before. */
export const useDraft = () => {
  const [draft, setDraft] = useState<Draft | null>(null);
  useEffect(() => {
    void draftStore
      .read()
      .catch(() => null)
      .then((kept) => setDraft(kept ?? emptyDraft));
  }, []);
  const change = useCallback((part: Partial<Draft>) => {
    setDraft((draft) => {
      const next = { ...(draft ?? emptyDraft), ...part };
      // Lost only if the browser's memory is full; the screen still has it.
      draftStore.write(next).catch(() => undefined);
      return next;
    });
  }, []);
  return { draft, change };
};
