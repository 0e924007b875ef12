import type { Twohop } from '@twohop/sdk';
import { type Allowance, allowanceText } from '../core/amounts.ts';
import type { Words } from '../core/words.ts';
import type { Session } from '../platform/firebase-auth.ts';
import type { Handlers as HandlerTable } from '../platform/runtime.ts';

export interface Deps {
  readonly session: Session;
  readonly twohop: Twohop;
  readonly setToolbarTitle: (title: string) => Promise<void>;
  readonly words: Words;
}

/**
 * The one table of what the worker does for the extension's pages. Pages import its type alone, so that a renamed handler
 * is a type error in them.
 */
export const createHandlers = ({ session, twohop, setToolbarTitle, words }: Deps) =>
  ({
    account: () => session.account(),
    signIn: () => session.signInAnonymously(),
    signOut: () => session.signOut(),
    token: (options: { refresh: boolean }) => session.token(options),
    quota: () => twohop.account.quota.query(),
    /** Writes what is left on the toolbar button, where it shows without a click. */
    showLeft: async (allowance: Allowance) => {
      const { left, limit } = allowanceText(allowance, words);
      await setToolbarTitle(words.text('toolbarLeft', `${left} ${limit}`));
    },
    /** What the server keeps first: without the sign-in nobody could ask for that any more. */
    deleteAccount: async () => {
      await twohop.account.delete.mutate();
      await session.deleteUser();
    },
  }) satisfies HandlerTable;

export type Handlers = ReturnType<typeof createHandlers>;
