import { useCallback } from 'react';
import type { Draft, Highlights } from '../../core/draft.ts';
import { Notice } from '../shared/notice.tsx';
import { Composer } from './composer.tsx';
import { Result } from './result.tsx';
import { useDraft } from './use-draft.ts';
import { useRun } from './use-run.ts';

interface OwnTextProps {
  readonly onDone: (result: Highlights) => void;
  readonly onSignIn: () => void;
}

/** A text that was pasted, then its sentences. */
export const OwnText = ({ onDone, onSignIn }: OwnTextProps) => {
  const { draft, change } = useDraft();
  const keep = useCallback(
    (result: Highlights, { text, count }: Draft) => {
      change({ text, count, result });
      onDone(result);
    },
    [change, onDone],
  );
  const run = useRun(keep);
  if (!draft) return null;
  return (
    <>
      {draft.result ? (
        <Result text={draft.text} result={draft.result} onBack={() => change({ result: null })} />
      ) : (
        <Composer
          draft={draft}
          running={run.state.phase === 'running'}
          onChange={change}
          onRun={() => void run.start(draft)}
          onCancel={run.reset}
        />
      )}
      {run.state.phase === 'failed' && (
        <Notice failure={run.state.failure} onRetry={() => void run.start(draft)} onSignIn={onSignIn} onEdit={run.reset} />
      )}
    </>
  );
};
