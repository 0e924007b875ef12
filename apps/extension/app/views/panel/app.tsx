import { Header } from '../shared/header.tsx';
import { Marking } from '../shared/marking.tsx';
import { Meter } from '../shared/meter.tsx';
import { SignedIn } from '../shared/signed-in.tsx';
import { usePageAllowance } from '../shared/use-page-allowance.ts';
import { Marks } from './marks.tsx';
import { Search } from './search.tsx';
import { useSearch } from './use-search.ts';

export const App = () => <SignedIn>{(onSignOut) => <Panel onSignOut={onSignOut} />}</SignedIn>;

/** Beside the page: find in it by meaning, and all its marks in a list. */
const Panel = ({ onSignOut }: { readonly onSignOut: () => void }) => {
  const { page, allowance, note } = usePageAllowance();
  const { state: search, search: onSearch, reset } = useSearch(page, note);
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
