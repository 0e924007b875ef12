import { useCallback, useEffect, useState } from 'react';
import { type Failure, toFailure } from '../../core/failure.ts';
import type { Account } from '../../platform/firebase-auth.ts';
import { ask } from './client.ts';

export type SessionState =
  | { readonly phase: 'opening' }
  | { readonly phase: 'out'; readonly busy: boolean; readonly failure: Failure | null }
  | { readonly phase: 'in'; readonly account: Account };

const toState = (account: Account | null): SessionState =>
  account ? { phase: 'in', account } : { phase: 'out', busy: false, failure: null };

const signedOut = (error: unknown): SessionState => ({ phase: 'out', busy: false, failure: toFailure(error) });

/** Who uses the popup. Nothing is sent anywhere before `signIn`. */
export const useSession = () => {
  const [state, setState] = useState<SessionState>({ phase: 'opening' });
  useEffect(() => {
    void ask('account').then(toState).catch(signedOut).then(setState);
  }, []);
  const signIn = useCallback(async () => {
    setState({ phase: 'out', busy: true, failure: null });
    setState(await ask('signIn').then(toState, signedOut));
  }, []);
  const signOut = useCallback(async () => {
    setState(await ask('signOut').then(() => toState(null), signedOut));
  }, []);
  return { state, signIn, signOut };
};
