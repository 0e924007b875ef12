import type { ReactNode } from 'react';
import { Header } from './header.tsx';
import { useSession } from './use-session.ts';
import { Welcome } from './welcome.tsx';

interface SignedInProps {
  readonly children: (onSignOut: () => void) => ReactNode;
}

/** What only somebody who is signed in sees; the others see how to. */
export const SignedIn = ({ children }: SignedInProps) => {
  const { state, signIn, signOut } = useSession();
  switch (state.phase) {
    case 'opening':
      return <Header />;
    case 'out':
      return (
        <>
          <Header />
          <Welcome busy={state.busy} failure={state.failure} onStart={() => void signIn()} />
        </>
      );
    case 'in':
      return children(() => void signOut());
  }
};
