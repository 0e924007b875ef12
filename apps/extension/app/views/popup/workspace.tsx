import { useCallback, useState } from 'react';
import type { Highlights } from '../../core/draft.ts';
import { text } from '../../platform/words.ts';
import { Choice } from '../shared/choice.tsx';
import { Header } from '../shared/header.tsx';
import { Marking } from '../shared/marking.tsx';
import { Meter } from '../shared/meter.tsx';
import { usePageAllowance } from '../shared/use-page-allowance.ts';
import { OwnText } from './own-text.tsx';

interface WorkspaceProps {
  readonly onSignOut: () => void;
}

type Subject = 'page' | 'text';
const subjects = [
  { value: 'page', text: text('thisPage') },
  { value: 'text', text: text('ownText') },
] as const;

/** The popup of somebody who is signed in: the page in front, or a text that was pasted. */
export const Workspace = ({ onSignOut }: WorkspaceProps) => {
  const [subject, setSubject] = useState<Subject>('page');
  const { page, allowance, note } = usePageAllowance();
  const onReceipt = useCallback(({ receipt }: Highlights) => note(receipt), [note]);
  return (
    <>
      <Header plan={allowance?.plan} onPanel={page.openBeside} onSignOut={onSignOut} />
      <main>
        <Choice label={text('read')} labelHidden value={subject} options={subjects} onChange={setSubject} />
        {subject === 'page' ? (
          <Marking page={page} onSignIn={onSignOut}>
            <button type="button" className="link" onClick={page.openBeside}>
              {text('allBeside')}
            </button>
          </Marking>
        ) : (
          <OwnText onDone={onReceipt} onSignIn={onSignOut} />
        )}
      </main>
      <Meter allowance={allowance} />
    </>
  );
};
