import { useState } from 'react';
import { explain } from '../../core/explain.ts';
import type { Failure } from '../../core/failure.ts';
import { waitText } from '../../core/time.ts';
import { text, words } from '../../platform/words.ts';
import { useClock } from './use-clock.ts';

interface NoticeProps {
  readonly failure: Failure;
  readonly onRetry: () => void;
  readonly onSignIn: () => void;
  readonly onEdit: () => void;
}

/**
 * What went wrong and what to do about it. A button that would only fail again counts down first; the wait counts from
 * the mounting, so each failure mounts it anew.
 */
export const Notice = ({ failure, ...actions }: NoticeProps) => {
  const [sinceMs] = useState(Date.now);
  const explanation = explain(failure, { clock: { nowMs: sinceMs }, online: navigator.onLine, words });
  const { title, next, remedy, reference, waitMs } = explanation;
  const leftMs = sinceMs + waitMs - useClock(waitMs > 0);
  return (
    <section className="notice" role="alert">
      <h2>{title}</h2>
      <p>{next}</p>
      {reference !== null && (
        <p className="quiet">
          {text('referenceNumber')} <code>{reference}</code>
        </p>
      )}
      {remedy === 'retry' && (
        <button type="button" className="button small" disabled={leftMs > 0} onClick={actions.onRetry}>
          {leftMs > 0 ? text('tryAgainIn', waitText(leftMs, words)) : text('tryAgain')}
        </button>
      )}
      {remedy === 'sign-in' && (
        <button type="button" className="button small" onClick={actions.onSignIn}>
          {text('startAgain')}
        </button>
      )}
      {remedy === 'edit' && (
        <button type="button" className="button small" onClick={actions.onEdit}>
          {text('changeText')}
        </button>
      )}
    </section>
  );
};
