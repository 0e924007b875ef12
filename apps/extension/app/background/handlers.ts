import type { Twohop } from '@twohop/sdk';
import type { SignInBy } from '../core/account.ts';
import { type Allowance, allowanceText } from '../core/amounts.ts';
import type { Words } from '../core/words.ts';
import type { Session, TokenOptions } from '../platform/firebase-auth.ts';
import type { Handlers as HandlerTable } from '../platform/runtime.ts';

export interface Deps {
  readonly session: Session;
  readonly twohop: Twohop;
  readonly setToolbarTitle: (title: string) => Promise<void>;
  readonly words: Words;
  /** Tells all views that somebody else is signed in, or the same person in another way. */
  readonly announceAccount: () => void;
}

/**
 * The one table of what the worker does for the extension's pages. Pages import its type alone, so that a renamed handler
 * is a type error in them.
 */
export const createHandlers = ({ session, twohop, setToolbarTitle, words, announceAccount }: Deps) => {
  const announced = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change;
    announceAccount();
    return result;
  };
  return {
    account: () => session.account(),
    signInAnonymously: () => announced(session.signInAnonymously()),
    signIn: (by: SignInBy) => announced(session.signIn(by)),
    register: (by: SignInBy) => announced(session.register(by)),
    signInBeside: (by: SignInBy) => session.signInBeside(by),
    moveOver: () => announced(session.moveOver()),
    confirm: (by: SignInBy) => session.confirm(by),
    deleteUser: () => announced(session.deleteUser()),
    resetPassword: (email: string) => session.resetPassword(email),
    signOut: () => announced(session.signOut()),
    token: (options: TokenOptions) => session.token(options),
    quota: () => twohop.account.quota.query(),
    /** Writes what is left on the toolbar button, where it shows without a click. */
    showLeft: async (allowance: Allowance) => {
      const { left, limit } = allowanceText(allowance, words);
      await setToolbarTitle(words.text('toolbarLeft', `${left} ${limit}`));
    },
  } satisfies HandlerTable;
};

export type Handlers = ReturnType<typeof createHandlers>;
