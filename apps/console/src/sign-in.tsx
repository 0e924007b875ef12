import { type SyntheticEvent, useState } from 'react';
import type { Session } from './session.ts';

type State = { readonly busy: boolean; readonly said: string | null; readonly wrong: boolean };
const calm: State = { busy: false, said: null, wrong: false };

/** One sentence for whatever was wrong with the two: which of them it was is nobody’s business. */
const problemOf = (error: unknown): string => {
  const { code = '' } = error as { code?: string };
  if (code === 'auth/network-request-failed') return 'The sign-in cannot be reached.';
  if (code === 'auth/too-many-requests') return 'Too many attempts. Wait for some minutes.';
  return 'This e-mail address and password do not belong together.';
};

export function SignIn({ session }: { session: Session }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [{ busy, said, wrong }, setState] = useState(calm);
  const attempt = async (step: () => Promise<void>, done: string | null) => {
    setState({ ...calm, busy: true });
    await step().then(
      () => setState({ ...calm, said: done }),
      (error: unknown) => setState({ busy: false, said: problemOf(error), wrong: true }),
    );
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    void attempt(() => session.signIn(email.trim(), password), null);
  };
  const mail = () =>
    attempt(
      () => session.mailPasswordLink(email.trim()),
      `If ${email} has an account, a link to set its password is on its way.`,
    );
  return (
    <main className="alone">
      <h1>Twohop console</h1>
      <p className="quiet">For the operators of this server. Sign in with the account that you have in the app.</p>
      <form onSubmit={submit} aria-busy={busy}>
        <label>
          E-mail
          <input type="email" autoComplete="username" required value={email} onChange={({ target }) => setEmail(target.value)} />
        </label>
        <label>
          Password
          <input
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        </label>
        {said !== null && <p role={wrong ? 'alert' : 'status'}>{said}</p>}
        <button type="submit" className="button" disabled={busy}>
          Sign in
        </button>
        <button type="button" className="link" disabled={busy || email.trim() === ''} onClick={() => void mail()}>
          Send me a link to set a password
        </button>
      </form>
    </main>
  );
}
