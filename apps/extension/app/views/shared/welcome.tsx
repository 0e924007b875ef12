import type { Failure } from '../../core/failure.ts';
import { serverHost } from './client.ts';
import { GaugeIcon, PersonIcon, ShieldIcon } from './icons.tsx';
import { Notice } from './notice.tsx';

interface WelcomeProps {
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly onStart: () => void;
}

/** Says what will leave the browser before anything does: the button is the consent. */
export const Welcome = ({ busy, failure, onStart }: WelcomeProps) => (
  <main className="welcome">
    <h1>
      The sentences <mark>that matter</mark>
    </h1>
    <p className="lead">Marks them where they stand, on any page, and finds by meaning rather than by word.</p>
    <ul className="promises">
      <li>
        <ShieldIcon />
        <span>
          Only a page that you mark or search, or a text that you paste, is sent: to <b>{serverHost}</b>. Receipts keep what it
          cost, never what it said.
        </span>
      </li>
      <li>
        <PersonIcon />
        <span>The button makes an account without name or e-mail at Firebase, the sign-in service of Google.</span>
      </li>
      <li>
        <GaugeIcon />
        <span>It comes with a small allowance a day. You always see what is left.</span>
      </li>
    </ul>
    {failure && <Notice failure={failure} onRetry={onStart} onSignIn={onStart} onEdit={onStart} />}
    {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- a popup opens on a keystroke and its one action should follow */}
    <button type="button" className="button wide" disabled={busy} onClick={onStart} autoFocus>
      {busy ? 'One moment…' : 'Try without an account'}
    </button>
    <p className="quiet centred">Nothing has left your browser so far.</p>
  </main>
);
