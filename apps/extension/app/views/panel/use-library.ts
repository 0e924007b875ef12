import { useCallback, useEffect, useRef, useState } from 'react';
import type { Left } from '../../core/amounts.ts';
import type { Embed } from '../../core/embedder.ts';
import { type Library, openShelf, type Shelf, type ShelfState } from '../../core/shelf.ts';
import { twohop } from '../shared/client.ts';
import { libraryOf } from '../shared/library-of.ts';

interface Opened {
  readonly library: Library;
  readonly shelf: Shelf;
}

/** A cache can be opened again once it has been closed. */
let lastClosed: Promise<unknown> = Promise.resolve();

/**
 * The library of the user, for as long as the view shows it. Opened by what first needs it: whoever saves nothing connects to
 * no database. `state` is null until then.
 */
export const useLibrary = (uid: string, onReceipt: (left: Left) => void) => {
  const [state, setState] = useState<ShelfState | null>(null);
  const opening = useRef<Promise<Opened> | null>(null);
  const embed: Embed = useCallback(
    async (texts) => {
      const { receipt, ...read } = await twohop.embeddings.run.mutate({ texts: [...texts] });
      onReceipt(receipt);
      return read;
    },
    [onReceipt],
  );
  const open = useCallback((): Promise<Opened> => {
    opening.current ??= lastClosed.then(() => {
      const library = libraryOf(uid);
      return { library, shelf: openShelf({ library, embed, random: Math.random, onState: setState }) };
    });
    return opening.current;
  }, [uid, embed]);
  useEffect(
    () => () => {
      lastClosed = opening.current?.then(close) ?? lastClosed;
      opening.current = null;
    },
    [],
  );
  return { state, open, embed };
};

const close = ({ library, shelf }: Opened): Promise<void> => {
  shelf.stop();
  // Its cache is gone already where the account was deleted.
  return library.close().catch(() => undefined);
};

export type UserLibrary = ReturnType<typeof useLibrary>;
