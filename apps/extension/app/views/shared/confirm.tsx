import { type ReactNode, useState } from 'react';
import { text } from '../../platform/words.ts';

interface ConfirmProps {
  readonly label: string;
  readonly question: string;
  readonly yes: string;
  readonly onYes: () => Promise<void>;
  /** What has to be given for it. */
  readonly children?: ReactNode;
}

/** A step that cannot be taken back takes two. */
export const Confirm = ({ label, question, yes, onYes, children }: ConfirmProps) => {
  const [phase, setPhase] = useState<'closed' | 'asking' | 'busy'>('closed');
  const close = (): void => setPhase('closed');
  const go = async (): Promise<void> => {
    setPhase('busy');
    await onYes();
    close();
  };
  if (phase === 'closed')
    return (
      <button type="button" className="link" onClick={() => setPhase('asking')}>
        {label}
      </button>
    );
  const busy = phase === 'busy';
  return (
    <div className="confirm" role="alertdialog" aria-label={label} aria-describedby="question">
      <p id="question">{question}</p>
      {children}
      <div className="buttons">
        <button type="button" className="button small danger" disabled={busy} onClick={() => void go()}>
          {busy ? text('welcomeBusy') : yes}
        </button>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the harmless answer is the one that Enter gives */}
        <button type="button" className="button plain small" disabled={busy} onClick={close} autoFocus>
          {text('cancel')}
        </button>
      </div>
    </div>
  );
};
