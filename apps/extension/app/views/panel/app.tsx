import { useEffect } from 'react';
import { Header } from '../shared/header.tsx';
import { Marking } from '../shared/marking.tsx';
import { Meter } from '../shared/meter.tsx';
import { useAllowance } from '../shared/use-allowance.ts';
import { usePage } from '../shared/use-page.ts';
import { useSession } from '../shared/use-session.ts';
import { Welcome } from '../shared/welcome.tsx';
import { Marks } from './marks.tsx';
import { Search } from './search.tsx';
import { useSearch } from './use-search.ts';

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
      return <Panel onSignOut={() => void signOut()} />;
  }
};

/** Beside the page: find in it by meaning, and all its marks in a list. */
const Panel = ({ onSignOut }: { readonly onSignOut: () => void }) => {
  const page = usePage();
  const { allowance, note } = useAllowance();
  const { state: search, search: onSearch, reset } = useSearch(page, note);
  const left = page.state?.left;
  useEffect(() => {
    if (left) note(left);
  }, [left, note]);
  return (
    <>
      <Header plan={allowance?.plan} onSignOut={onSignOut} />
      <main>
        <Search page={page} state={search} onSearch={(query) => void onSearch(query)} onReset={reset} onSignIn={onSignOut} />
        {search.phase === 'idle' && (
          <Marking page={page} onSignIn={onSignOut}>
            {page.state && <Marks page={page} state={page.state} />}
          </Marking>
        )}
      </main>
      <Meter allowance={allowance} />
    </>
  );
};
