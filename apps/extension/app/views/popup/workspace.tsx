import { useCallback } from 'react';
import type { Draft, Highlights } from '../../core/draft.ts';
import { Composer } from './composer.tsx';
import { Header } from './header.tsx';
import { Meter } from './meter.tsx';
import { Notice } from './notice.tsx';
import { Result } from './result.tsx';
import { useAllowance } from './use-allowance.ts';
import { useDraft } from './use-draft.ts';
import { useRun } from './use-run.ts';

interface WorkspaceProps {
  readonly onSignOut: () => void;
}

/** The popup of somebody who is signed in: a text, then its sentences. */
export const Workspace = ({ onSignOut }: WorkspaceProps) => {
  const { draft, change } = useDraft();
  const { allowance, note } = useAllowance();
  const onDone = useCallback(
    (result: Highlights, { text, count }: Draft) => {
      change({ text, count, result });
      note(result.receipt);
    },
    [change, note],
  );
  const run = useRun(onDone);
  return (
    <>
      <Header plan={allowance?.plan} onSignOut={onSignOut} />
      <main>
        {draft?.result && <Result text={draft.text} result={draft.result} onBack={() => change({ result: null })} />}
        {draft && !draft.result && (
          <Composer
            draft={draft}
            running={run.state.phase === 'running'}
            onChange={change}
            onRun={() => void run.start(draft)}
            onCancel={run.reset}
          />
        )}
        {draft && run.state.phase === 'failed' && (
          <Notice failure={run.state.failure} onRetry={() => void run.start(draft)} onSignIn={onSignOut} onEdit={run.reset} />
        )}
      </main>
      <Meter allowance={allowance} />
    </>
  );
};
