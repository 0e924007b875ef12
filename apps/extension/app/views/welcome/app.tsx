import { text } from '../../platform/words.ts';
import { Header } from '../shared/header.tsx';
import { Notice } from '../shared/notice.tsx';
import { ServerPhrase } from '../shared/server-phrase.tsx';
import { useSession } from '../shared/use-session.ts';

/** After the installation: says what will leave the browser, and asks, before anything does. */
export const App = () => {
  const { state, tryOut } = useSession();
  return (
    <>
      <Header hasOptions={state.phase === 'in'} />
      {state.phase === 'out' && <Consent busy={state.busy} onAgree={() => void tryOut()} />}
      {state.phase === 'out' && state.failure && (
        <Notice
          failure={state.failure}
          onRetry={() => void tryOut()}
          onSignIn={() => void tryOut()}
          onEdit={() => void tryOut()}
        />
      )}
      {state.phase === 'in' && (
        <main className="sheet">
          <h1>{text('firstReady')}</h1>
          <p>{text('firstReadyText')}</p>
        </main>
      )}
    </>
  );
};

interface ConsentProps {
  readonly busy: boolean;
  readonly onAgree: () => void;
}

const Consent = ({ busy, onAgree }: ConsentProps) => (
  <main className="sheet">
    <h1>{text('firstTitle')}</h1>
    <dl className="consent">
      <div>
        <dt>{text('firstSent')}</dt>
        <dd>{text('firstSentText')}</dd>
      </div>
      <div>
        <dt>{text('firstWhere')}</dt>
        <dd>
          <ServerPhrase say="firstWhereText" />
        </dd>
      </div>
      <div>
        <dt>{text('firstSaved')}</dt>
        <dd>{text('firstSavedText')}</dd>
      </div>
      <div>
        <dt>{text('firstAccount')}</dt>
        <dd>{text('firstAccountText')}</dd>
      </div>
    </dl>
    <button type="button" className="button wide" disabled={busy} onClick={onAgree}>
      {text(busy ? 'welcomeBusy' : 'firstAgree')}
    </button>
    <p className="quiet centred">{text('firstLater')}</p>
  </main>
);
