import { createTwohop, type Twohop } from '@twohop/sdk';
import { initializeApp } from 'firebase/app';
import {
  type Auth,
  browserSessionPersistence,
  connectAuthEmulator,
  initializeAuth,
  sendPasswordResetEmail,
  signInWithEmailAndPassword,
} from 'firebase/auth';

/** What the server says of the sign-in that its users have anyway. */
interface SignInSettings {
  readonly apiKey: string;
  readonly projectId: string;
  readonly emulator: string | null;
}

export interface Session {
  readonly auth: Auth;
  readonly twohop: Twohop;
  signIn(email: string, password: string): Promise<void>;
  mailPasswordLink(email: string): Promise<void>;
  signOut(): Promise<void>;
}

/** By e-mail and password alone: a pop-up of another provider would need scripts of other hosts in this page. */
export async function openSession(): Promise<Session> {
  const reply = await fetch('/console/sign-in.json');
  if (!reply.ok) throw new Error(`the server answered ${reply.status} where its sign-in is described`);
  const { apiKey, projectId, emulator } = (await reply.json()) as SignInSettings;
  // Until the tab is closed: whoever finds this machine finds nobody signed in.
  const auth = initializeAuth(initializeApp({ apiKey, projectId }), { persistence: browserSessionPersistence });
  if (emulator !== null) connectAuthEmulator(auth, emulator, { disableWarnings: true });
  await auth.authStateReady();
  const twohop = createTwohop({
    url: location.origin,
    getToken: async ({ refresh }) => (await auth.currentUser?.getIdToken(refresh)) ?? null,
  });
  return {
    auth,
    twohop,
    signIn: async (email, password) => void (await signInWithEmailAndPassword(auth, email, password)),
    mailPasswordLink: (email) => sendPasswordResetEmail(auth, email),
    signOut: () => auth.signOut(),
  };
}
