import { useState } from 'react';
import { text } from '../../platform/words.ts';
import { Notice } from '../shared/notice.tsx';
import { useSession } from '../shared/use-session.ts';
import { useAccountData } from './use-account-data.ts';

/** What is kept about the user, to be taken away or deleted. */
export const Data = () => {
  const { state, signOut } = useSession();
  const { phase, failure, exportAll, deleteAll, again } = useAccountData();
  if (phase === 'deleted') return <output>{text('deleted')}</output>;
  if (state.phase === 'opening') return null;
  if (state.phase === 'out') return <p>{text('optionsDataOut')}</p>;
  return (
    <>
      <p>{text('optionsDataText')}</p>
      <div className="row start">
        <button type="button" className="button plain" disabled={phase === 'exporting'} onClick={exportAll}>
          {text(phase === 'exporting' ? 'exporting' : 'exportData')}
        </button>
        <Deletion busy={phase === 'deleting'} onDelete={deleteAll} />
      </div>
      {phase === 'exported' && <output className="quiet">{text('exported')}</output>}
      {failure && <Notice failure={failure} onRetry={again} onSignIn={() => void signOut()} onEdit={again} />}
    </>
  );
};

interface DeletionProps {
  readonly busy: boolean;
  readonly onDelete: () => void;
}

/** Asks first, in place: a deletion cannot be undone. */
const Deletion = ({ busy, onDelete }: DeletionProps) => {
  const [asks, setAsks] = useState(false);
  if (!asks)
    return (
      <button type="button" className="button plain" onClick={() => setAsks(true)}>
        {text('deleteAccount')}
      </button>
    );
  return (
    <div className="notice" role="alertdialog" aria-describedby="sure" aria-label={text('deleteAccount')}>
      <p id="sure">{text('deleteSure')}</p>
      <div className="row start">
        <button type="button" className="button wrong-button" disabled={busy} onClick={onDelete}>
          {text(busy ? 'deleting' : 'deleteNow')}
        </button>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the harmless answer is the one that Enter gives */}
        <button type="button" className="button plain" disabled={busy} onClick={() => setAsks(false)} autoFocus>
          {text('keepAccount')}
        </button>
      </div>
    </div>
  );
};
