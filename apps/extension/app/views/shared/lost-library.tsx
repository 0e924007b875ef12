import { useEffect, useRef } from 'react';
import { text } from '../../platform/words.ts';

interface LostLibraryProps {
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

/** Asked of whoever signs out without an account. */
export const LostLibrary = ({ onStay, onLeave }: LostLibraryProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // The harmless answer is the one that Enter gives: the browser itself would take the first.
    stay.current?.focus();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="lost" aria-describedby="lost-why" onClose={onStay}>
      <h1 id="lost">{text('leaveTitle')}</h1>
      <p id="lost-why">{text('leaveText')}</p>
      <div className="buttons">
        <button type="button" className="button danger" onClick={onLeave}>
          {text('signOut')}
        </button>
        <button ref={stay} type="button" className="button plain" onClick={onStay}>
          {text('stay')}
        </button>
      </div>
    </dialog>
  );
};
