import { useCallback, useEffect, useState } from 'react';
import type { Account } from '../../core/account.ts';
import { type Failure, toFailure } from '../../core/failure.ts';
import { onAccountChange } from '../../platform/runtime.ts';
import { ask } from './client.ts';

export type SessionState =
  | { readonly phase: 'opening' }
  | { readonly phase: 'out'; readonly busy: boolean; readonly failure: Failure | null }
  | { readonly phase: 'in'; readonly account: Account };

const toState = (account: Account | null): SessionState =>
  account ? { phase: 'in', account } : { phase: 'out', busy: false, failure: null };

const signedOut = (error: unknown): SessionState => ({ phase: 'out', busy: false, failure: toFailure(error) });

/** Who uses this view, also when another view changes it. Nothing is sent anywhere before somebody signs in. */
export const useSession = () => {
  const [state, setState] = useState<SessionState>({ phase: 'opening' });
  useEffect(() => {
    const look = () => void ask('account').then(toState).catch(signedOut).then(setState);
    look();
    return onAccountChange(look);
  }, []);
  const tryOut = useCallback(async () => {
    setState({ phase: 'out', busy: true, failure: null });
    setState(await ask('signInAnonymously').then(toState, signedOut));
  }, []);
  const signOut = useCallback(async () => {
    setState(await ask('signOut').then(() => toState(null), signedOut));
  }, []);
  return { state, tryOut, signOut };
};
