import { useState } from 'react';
import { isSame, type Remark, type SavedPassage, savable, type Source } from '../../core/passage.ts';
import type { MessageKey } from '../../core/words.ts';
import type { Page } from '../shared/use-page.ts';
import type { UserLibrary } from './use-library.ts';

/** Saves passages of the page: which one is being saved, and which are. */
export const useSaving = ({ tell }: Page, { state, open }: UserLibrary) => {
  const [asked, setAsked] = useState<string | null>(null);
  const [source, setSource] = useState<Source | null>(null);
  const [problem, setProblem] = useState<MessageKey | null>(null);
  const known = (text: string): SavedPassage | undefined => {
    const sought = source && savable({ ...source, text });
    return sought ? state?.passages.find((each) => isSame(each, sought)) : undefined;
  };
  const end = (): void => setAsked(null);
  return {
    asked,
    problem,
    known,
    begin: async (text: string): Promise<void> => {
      const page = await tell('text', null);
      const found = page && savable({ ...page, text });
      setProblem(found ? null : 'saveNoPage');
      if (!found) return;
      void open();
      setSource(found);
      setAsked(text);
    },
    save: async (remark: Remark): Promise<void> => {
      end();
      const { shelf } = await open();
      const saved = asked === null ? undefined : known(asked);
      if (saved) shelf.edit(saved.place, remark);
      else if (source && !shelf.save(source, remark)) setProblem('libraryFull');
    },
    remove: async (place: string): Promise<void> => {
      end();
      (await open()).shelf.remove(place);
    },
    end,
  };
};

export type Saving = ReturnType<typeof useSaving>;
