import type { Failure } from '../../core/failure.ts';
import { text } from '../../platform/words.ts';
import { serverHost } from './client.ts';
import { GaugeIcon, PersonIcon, ShieldIcon } from './icons.tsx';
import { Notice } from './notice.tsx';
import { Phrase } from './phrase.tsx';

interface WelcomeProps {
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly onStart: () => void;
}

/** Says what will leave the browser before anything does: the button is the consent. */
export const Welcome = ({ busy, failure, onStart }: WelcomeProps) => (
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
          <Phrase say="welcomeSends">
            <b>{serverHost}</b>
          </Phrase>
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
    <p className="quiet centred">{text('welcomeNothing')}</p>
  </main>
);
