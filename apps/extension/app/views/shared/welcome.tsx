import { useState } from 'react';
import type { SignInBy } from '../../core/account.ts';
import type { Failure } from '../../core/failure.ts';
import { text } from '../../platform/words.ts';
import { ask } from './client.ts';
import { GaugeIcon, PersonIcon, ShieldIcon } from './icons.tsx';
import { Notice } from './notice.tsx';
import { Phrase } from './phrase.tsx';
import { ServerPhrase } from './server-phrase.tsx';
import { SignInForm } from './sign-in-form.tsx';

interface WelcomeProps {
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly onStart: () => void;
}

const enterings = [
  { label: text('signIn'), enter: (by: SignInBy) => ask('signIn', by) },
  { label: text('createAccount'), enter: (by: SignInBy) => ask('register', by) },
];

/** Says what will leave the browser before anything does: the button is the consent. */
export const Welcome = (props: WelcomeProps) => {
  const [hasAccount, setHasAccount] = useState(false);
  if (!hasAccount) return <Promises {...props} onAccount={() => setHasAccount(true)} />;
  return (
    <main className="welcome">
      <h1>{text('yourAccount')}</h1>
      <p className="lead">{text('accountLead')}</p>
      <SignInForm actions={enterings} onGoogle={(by) => ask('signIn', by)} />
      <button type="button" className="link" onClick={() => setHasAccount(false)}>
        {text('back')}
      </button>
    </main>
  );
};

interface PromisesProps extends WelcomeProps {
  readonly onAccount: () => void;
}

const Promises = ({ busy, failure, onStart, onAccount }: PromisesProps) => (
  <main className="welcome">
    <h1>
      <Phrase say="welcomeTitle">
        <mark>{text('welcomeTitleMarked')}</mark>
      </Phrase>
    </h1>
    <p className="lead">{text('welcomeLead')}</p>
    <ul className="promises">
      <li>
        <ShieldIcon />
        <span>
          <ServerPhrase say="welcomeSends" />
        </span>
      </li>
      <li>
        <PersonIcon />
        <span>{text('welcomeAccount')}</span>
      </li>
      <li>
        <GaugeIcon />
        <span>{text('welcomeAllowance')}</span>
      </li>
    </ul>
    {failure && <Notice failure={failure} onRetry={onStart} onSignIn={onStart} onEdit={onStart} />}
    {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a popup opens on a keystroke and its one action should follow */}
    <button type="button" className="button wide" disabled={busy} onClick={onStart} autoFocus>
      {text(busy ? 'welcomeBusy' : 'welcomeStart')}
    </button>
    <button type="button" className="link centred" onClick={onAccount}>
      {text('signInLink')}
    </button>
    <p className="quiet centred">{text('welcomeNothing')}</p>
  </main>
);
