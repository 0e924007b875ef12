import type { Account } from '../../core/account.ts';
import type { SavedPassage } from '../../core/passage.ts';
import { copyInto, type Library } from '../../core/shelf.ts';
import { ask, draftStore, twohop } from './client.ts';
import { libraryOf } from './library-of.ts';

/**
 * Deletes all that is kept of the user in use, and the user last: what failed on the way can be tried again, for the sign-in
 * still stands.
 */
export const deleteAccount = (library: Library): Promise<void> => leave(library, () => ask('deleteUser'));

/**
 * Leaves the user in use, who had no account, for the one who is signed in beside. Nothing is deleted before it has
 * arrived there.
 */
export const goOver = async (library: Library, next: Account, bring: readonly SavedPassage[]): Promise<void> => {
  if (bring.length > 0) {
    const target = libraryOf(next.uid);
    try {
      await copyInto(target, bring, Math.random);
    } finally {
      await target.close();
    }
  }
  await leave(library, () => ask('moveOver'));
};

const leave = async (library: Library, end: () => Promise<unknown>): Promise<void> => {
  await library.removeAll();
  await twohop.account.delete.mutate();
  await end();
  await Promise.all([library.forget(), draftStore.clear()]);
};
