import { useRef, useState } from 'react';
import type { Account } from '../../core/account.ts';
import type { Library } from '../../core/shelf.ts';
import { text } from '../../platform/words.ts';
import { DeleteAccount } from '../shared/delete-account.tsx';
import { libraryOf } from '../shared/library-of.ts';
import { Notice } from '../shared/notice.tsx';
import { useSession } from '../shared/use-session.ts';
import { useExport } from './use-export.ts';

/** What is kept about the user, to be taken away or deleted. */
export const Data = () => {
  const { state, signOut } = useSession();
  const [isDeleted, setDeleted] = useState(false);
  if (state.phase === 'opening') return null;
  if (state.phase === 'in')
    return (
      <Kept key={state.account.uid} account={state.account} onSignIn={() => void signOut()} onDeleted={() => setDeleted(true)} />
    );
  return isDeleted ? <output>{text('deleted')}</output> : <p>{text('optionsDataOut')}</p>;
};

interface KeptProps {
  readonly account: Account;
  readonly onSignIn: () => void;
  readonly onDeleted: () => void;
}

const Kept = ({ account, onSignIn, onDeleted }: KeptProps) => {
  const { phase, failure, run } = useExport();
  const library = useRef<Library | null>(null);
  const open = async (): Promise<Library> => (library.current ??= libraryOf(account.uid));
  return (
    <>
      <p>{text('optionsDataText')}</p>
      <div className="data">
        <button type="button" className="link" disabled={phase === 'exporting'} onClick={run}>
          {text(phase === 'exporting' ? 'exporting' : 'exportData')}
        </button>
        <DeleteAccount account={account} open={open} onDeleted={onDeleted} />
      </div>
      {phase === 'exported' && <output className="quiet">{text('exported')}</output>}
      {failure && <Notice failure={failure} onRetry={run} onSignIn={onSignIn} onEdit={run} />}
    </>
  );
};
