import { type ReactNode, useId, useRef } from 'react';

interface ConfirmProps {
  readonly label: string;
  readonly className?: string;
  readonly question: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly children?: ReactNode;
}

/** A button that asks once more: Enter and Escape give the harmless answer. */
export function Confirm({ label, className = 'button plain small', question, yes, onYes, children }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const close = () => dialog.current?.close();
  const go = () => {
    close();
    onYes();
  };
  return (
    <>
      <button type="button" className={className} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={title}>
        <h2 id={title}>{question}</h2>
        {children}
        <div className="buttons">
          {/* The first: a dialog that opens has the focus there. */}
          <button type="button" className="button plain" onClick={close}>
            Cancel
          </button>
          <button type="button" className="button danger" onClick={go}>
            {yes}
          </button>
        </div>
      </dialog>
    </>
  );
}
