import { useEffect, useState } from 'react';
import { Frame } from './frame.tsx';
import { Refused } from './parts/refused.tsx';
import { isRefusal, TwohopContext, useLive } from './queries.ts';
import type { Session } from './session.ts';
import { SignIn } from './sign-in.tsx';

/** Nobody signed in: a form. Somebody who is no admin: nothing but that. An admin: the console. */
export function App({ session }: { session: Session }) {
  const [email, setEmail] = useState(session.auth.currentUser?.email ?? null);
  useEffect(() => session.auth.onAuthStateChanged((user) => setEmail(user?.email ?? null)), [session]);
  if (email === null) return <SignIn session={session} />;
  return (
    <TwohopContext value={session.twohop}>
      <Gate email={email} onSignOut={() => void session.signOut()} />
    </TwohopContext>
  );
}

interface GateProps {
  readonly email: string;
  readonly onSignOut: () => void;
}

function Gate({ email, onSignOut }: GateProps) {
  const { data, error } = useLive();
  if (data && !isRefusal(error)) return <Frame email={email} live={data} isLate={error !== null} onSignOut={onSignOut} />;
  return (
    <main className="alone">
      <h1>Twohop console</h1>
      {error ? <NotLetIn error={error} email={email} /> : <p>Asking the server who you are…</p>}
      {error && (
        <button type="button" className="button plain" onClick={onSignOut}>
          Sign out
        </button>
      )}
    </main>
  );
}

function NotLetIn({ error, email }: { error: Error & { code?: string }; email: string }) {
  if (error.code !== 'auth.forbidden') return <Refused error={error} />;
  return (
    <p role="alert">
      {email} is not an admin of this server. An admin’s verified e-mail address stands in its setting ADMIN_EMAILS.
    </p>
  );
}
