import type { Twohop } from '@twohop/sdk';
import { type Allowance, allowanceText } from '../core/amounts.ts';
import type { Session } from '../platform/firebase-auth.ts';
import type { Handlers as HandlerTable } from '../platform/runtime.ts';

export interface Deps {
  readonly session: Session;
  readonly twohop: Twohop;
  readonly setToolbarTitle: (title: string) => Promise<void>;
}

/**
 * The one table of what the worker does for the extension's pages. Pages import its type alone, so that a renamed handler
 * is a type error in them.
 */
export const createHandlers = ({ session, twohop, setToolbarTitle }: Deps) =>
  ({
    account: () => session.account(),
    signIn: () => session.signInAnonymously(),
    signOut: () => session.signOut(),
    token: (options: { refresh: boolean }) => session.token(options),
    quota: () => twohop.account.quota.query(),
    /** Writes what is left on the toolbar button, where it shows without a click. */
    showLeft: async (allowance: Allowance) => {
      const { left, limit } = allowanceText(allowance);
      await setToolbarTitle(`Twohop: ${left} ${limit}`);
    },
  }) satisfies HandlerTable;

export type Handlers = ReturnType<typeof createHandlers>;
