import { Header } from '../shared/header.tsx';
import { useSession } from '../shared/use-session.ts';
import { Welcome } from '../shared/welcome.tsx';
import { Workspace } from './workspace.tsx';

export const App = () => {
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
      return <Workspace onSignOut={() => void signOut()} />;
  }
};
