import { computeText } from '../../core/amounts.ts';
import { stepsOf } from '../../core/parts.ts';
import { text, words } from '../../platform/words.ts';
import { Notice } from './notice.tsx';
import { number } from './number.ts';
import { type LongQuote, useLongQuote } from './use-long-quote.ts';

interface AskingProps {
  readonly chars: number;
  readonly onSure: () => void;
  readonly onLater: () => void;
}

/** A long page is read only when somebody has seen what that takes, and said yes. */
export const Asking = ({ chars, onSure, onLater }: AskingProps) => {
  const { quote, failure, ask } = useLongQuote(chars);
  return (
    <section className="marking asking">
      <h1>{text('longTitle')}</h1>
      <p>{text('longSize', number.format(chars), number.format(stepsOf(chars)))}</p>
      {failure ? (
        <Notice failure={failure} onRetry={ask} onSignIn={onLater} onEdit={onLater} />
      ) : (
        <output>{quote ? costOf(quote) : text('longAsking')}</output>
      )}
      <div className="row">
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the answer to what was just clicked should follow on the keyboard */}
        <button type="button" className="button" disabled={!quote} onClick={onSure} autoFocus>
          {text('longMark')}
        </button>
        <button type="button" className="button plain" onClick={onLater}>
          {text('notNow')}
        </button>
      </div>
    </section>
  );
};

const costOf = ({ us, remainingUs }: LongQuote): string => {
  const left = computeText(remainingUs, words);
  if (us === null) return text('longUnknown', left);
  return text(us > remainingUs ? 'longTooMuch' : 'longCost', computeText(us, words), left);
};
