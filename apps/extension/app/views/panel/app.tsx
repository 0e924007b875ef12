import { useState } from 'react';
import { text } from '../../platform/words.ts';
import { Choice } from '../shared/choice.tsx';
import { Header } from '../shared/header.tsx';
import { Marking } from '../shared/marking.tsx';
import { Meter } from '../shared/meter.tsx';
import { SignedIn, type SignedInUser } from '../shared/signed-in.tsx';
import { usePageAllowance } from '../shared/use-page-allowance.ts';
import { AccountView } from './account.tsx';
import { LibraryView } from './library.tsx';
import { Marks } from './marks.tsx';
import { Search } from './search.tsx';
import { useLibrary } from './use-library.ts';
import { useSaving } from './use-saving.ts';
import { useSearch } from './use-search.ts';

export const App = () => <SignedIn>{(user) => <Panel {...user} />}</SignedIn>;

type View = 'page' | 'library' | 'account';
/** The account has a button of its own in the header. */
const views: { value: View; text: string }[] = [
  { value: 'page', text: text('thisPage') },
  { value: 'library', text: text('library') },
];

/** Beside the page: find in it by meaning, all its marks in a list, and what was saved of any page. */
const Panel = ({ account, onSignOut }: SignedInUser) => {
  const [view, setView] = useState<View>('page');
  const { page, allowance, note } = usePageAllowance();
  const { state: search, search: onSearch, reset } = useSearch(page, note);
  const library = useLibrary(account.uid, note);
  const saving = useSaving(page, library);
  const others = { page, saving, onSignIn: onSignOut };
  return (
    <>
      <Header plan={allowance?.plan} onAccount={() => setView(view === 'account' ? 'page' : 'account')} />
      <main>
        <Choice label={text('show')} labelHidden value={view} options={views} onChange={setView} />
        {view === 'page' && (
          <>
            <Search {...others} state={search} onSearch={(query) => void onSearch(query)} onReset={reset} />
            {saving.problem !== null && <p role="alert">{text(saving.problem)}</p>}
            {search.phase === 'idle' && (
              <Marking page={page} onSignIn={onSignOut}>
                {page.state && <Marks page={page} saving={saving} state={page.state} />}
              </Marking>
            )}
          </>
        )}
        {view === 'library' && <LibraryView library={library} onSignIn={onSignOut} />}
        {view === 'account' && <AccountView account={account} library={library} onSignOut={onSignOut} />}
      </main>
      <Meter allowance={allowance} />
    </>
  );
};
