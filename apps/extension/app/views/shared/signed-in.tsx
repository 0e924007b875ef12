import { type ReactNode, useState } from 'react';
import type { Account } from '../../core/account.ts';
import { Header } from './header.tsx';
import { LostLibrary } from './lost-library.tsx';
import { useSession } from './use-session.ts';
import { Welcome } from './welcome.tsx';

export interface SignedInUser {
  readonly account: Account;
  readonly onSignOut: () => void;
}

interface SignedInProps {
  readonly children: (user: SignedInUser) => ReactNode;
}

/** What only somebody who is signed in sees; the others see how to. */
export const SignedIn = ({ children }: SignedInProps) => {
  const { state, tryOut, signOut } = useSession();
  switch (state.phase) {
    case 'opening':
      return <Header />;
    case 'out':
      return (
        <>
          <Header />
          <Welcome busy={state.busy} failure={state.failure} onStart={() => void tryOut()} />
        </>
      );
    case 'in':
      // Nothing that one user sees is left for the next.
      return (
        <Inside key={state.account.uid} account={state.account} onSignOut={() => void signOut()}>
          {children}
        </Inside>
      );
  }
};

/** Nobody without an account signs out before they have heard what goes with it. */
const Inside = ({ account, onSignOut, children }: SignedInUser & SignedInProps) => {
  const [isLeaving, setLeaving] = useState(false);
  return (
    <>
      {children({ account, onSignOut: account.anonymous ? () => setLeaving(true) : onSignOut })}
      {isLeaving && <LostLibrary onStay={() => setLeaving(false)} onLeave={onSignOut} />}
    </>
  );
};
