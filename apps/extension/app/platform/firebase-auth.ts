import { FirebaseError, initializeApp } from 'firebase/app';
// Plain `firebase/auth` carries addresses of remote scripts, for which stores reject an extension.
import {
  type Auth,
  type AuthCredential,
  connectAuthEmulator,
  deleteUser,
  EmailAuthProvider,
  GoogleAuthProvider,
  indexedDBLocalPersistence,
  initializeAuth,
  inMemoryPersistence,
  linkWithCredential,
  type Persistence,
  reauthenticateWithCredential,
  sendPasswordResetEmail,
  signInAnonymously,
  signInWithCredential,
  createUserWithEmailAndPassword,
  signOut,
  updateCurrentUser,
  type User,
} from 'firebase/auth/web-extension';
import { type Account, problemOf, type SignInBy, type SignInProblem, type SignInReply } from '../core/account.ts';
import { Failed, type Failure } from '../core/failure.ts';
import type { AppSettings } from '../core/settings.ts';
import { askGoogle } from './google.ts';

export interface TokenOptions {
  /** A new one. */
  readonly refresh: boolean;
  /**
   * The uid whose token it must be, in use or beside: what was queued for one user must not be sent as another. Rejects with
   * `auth.missing` when that one is not signed in.
   */
  readonly of?: string;
}

/** The user's sign-in, kept in IndexedDB: it survives the worker and the browser. Rejections are `Failed`. */
export interface Session {
  /** Null when nobody is signed in. */
  account(): Promise<Account | null>;
  /** The first thing that leaves the browser; only ever called for a click. */
  signInAnonymously(): Promise<Account>;
  signIn(by: SignInBy): Promise<SignInReply>;
  /** Makes an account. Whoever tried without one keeps the uid, and with it library and budget. */
  register(by: SignInBy): Promise<SignInReply>;
  /** Signs an account in beside the one in use, which stays until `moveOver`: what is moved between them needs both. */
  signInBeside(by: SignInBy): Promise<SignInReply>;
  /** Deletes the user in use and goes on as the one beside. */
  moveOver(): Promise<Account>;
  /** Asks for the proof again: Firebase deletes no account whose sign-in is old. */
  confirm(by: SignInBy): Promise<SignInReply>;
  deleteUser(): Promise<void>;
  resetPassword(email: string): Promise<void>;
  signOut(): Promise<void>;
  /** A token that is still valid for minutes. Null when nobody is signed in. */
  token(options: TokenOptions): Promise<string | null>;
}

export const firebaseSession = (settings: AppSettings): Session => {
  const signIns = openSignIns(settings);
  const { auth, user } = signIns;
  return {
    account: async () => {
      const current = await user();
      return current && toAccount(current);
    },
    signInAnonymously: () => orFailed(async () => toAccount((await signInAnonymously(auth)).user)),
    ...entrances(signIns, settings),
    moveOver: () => orFailed(() => moveOver(signIns)),
    deleteUser: () =>
      orFailed(async () => {
        await drop((await user()) ?? fail('auth.missing'));
        await signOut(auth);
      }),
    resetPassword: (email) => orFailed(() => sendPasswordResetEmail(auth, email)),
    signOut: () => orFailed(() => signOut(auth)),
    token: ({ refresh, of }) =>
      orFailed(async () => {
        const current = await user();
        if (of === undefined) return (await current?.getIdToken(refresh)) ?? null;
        const named = [current, signIns.beside().currentUser].find((each) => each?.uid === of) ?? fail('auth.missing');
        return named.getIdToken(refresh);
      }),
  };
};

/** The sign-in in use, and another beside it for as long as this worker lives. */
const openSignIns = (settings: AppSettings) => {
  const auth = open(settings, indexedDBLocalPersistence);
  let other: Auth | null = null;
  return {
    auth,
    // A worker that was just started has not read IndexedDB yet: without the wait everybody would look signed out.
    user: async (): Promise<User | null> => {
      await auth.authStateReady();
      return auth.currentUser;
    },
    beside: (): Auth => (other ??= open(settings, inMemoryPersistence, 'beside')),
  };
};
type SignIns = ReturnType<typeof openSignIns>;

const open = ({ firebase, emulators }: AppSettings, persistence: Persistence, name?: string): Auth => {
  const auth = initializeAuth(initializeApp(firebase, name), { persistence });
  if (emulators) connectAuthEmulator(auth, emulators.auth, { disableWarnings: true });
  return auth;
};

type Enter = (proof: AuthCredential) => Promise<{ user: User }>;

/** All ways in that need a proof. */
const entrances = ({ auth, user, beside }: SignIns, settings: AppSettings) => {
  // Of an account that turned out to exist: whoever then signs in to it is not asked a second time.
  let given: AuthCredential | null = null;
  const entering = (by: SignInBy, enter: Enter, known: AuthCredential | null = null): Promise<SignInReply> =>
    orProblem(async () => {
      const proof = known ?? (await proofOf(by, settings));
      if (proof === null) return 'left';
      given = proof;
      return toAccount((await enter(proof)).user);
    });
  return {
    signIn: (by: SignInBy) => entering(by, (proof) => signInWithCredential(auth, proof)),
    register: (by: SignInBy) =>
      entering(by, async (proof) => {
        const current = await user();
        if (current?.isAnonymous) return linkWithCredential(current, proof);
        return by.kind === 'password'
          ? createUserWithEmailAndPassword(auth, by.email, by.password)
          : signInWithCredential(auth, proof);
      }),
    signInBeside: (by: SignInBy) =>
      entering(by, (proof) => signInWithCredential(beside(), proof), by.kind === 'google' ? given : null),
    confirm: (by: SignInBy) =>
      entering(by, async (proof) => reauthenticateWithCredential((await user()) ?? fail('auth.missing'), proof)),
  };
};

const moveOver = async ({ auth, user, beside }: SignIns): Promise<Account> => {
  const next = beside().currentUser ?? fail('auth.missing');
  const left = await user();
  if (left) await drop(left);
  await updateCurrentUser(auth, next);
  await signOut(beside());
  return toAccount(next);
};

/** What proves who somebody is. Null when they close Google's window. */
const proofOf = async (by: SignInBy, { google }: AppSettings): Promise<AuthCredential | null> => {
  if (by.kind === 'password') return EmailAuthProvider.credential(by.email, by.password);
  const proof = google && (await askGoogle(google));
  if (!proof) return null;
  return 'idToken' in proof
    ? GoogleAuthProvider.credential(proof.idToken)
    : GoogleAuthProvider.credential(null, proof.accessToken);
};

/** Nobody without an account can renew an old sign-in: their user then stays behind, empty and out of everybody's reach. */
const drop = async (user: User): Promise<void> => {
  try {
    await deleteUser(user);
  } catch (error) {
    const isOld = error instanceof FirebaseError && error.code === 'auth/requires-recent-login';
    if (!isOld || !user.isAnonymous) throw error;
  }
};

const toAccount = ({ uid, isAnonymous, email, providerData }: User): Account => {
  const isGoogle = providerData.some(({ providerId }) => providerId === GoogleAuthProvider.PROVIDER_ID);
  return { uid, anonymous: isAnonymous, email, by: isAnonymous ? null : isGoogle ? 'google' : 'password' };
};

const fail = (code: Failure['code']): never => {
  throw new Failed({ code });
};

const orFailed = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step();
  } catch (error) {
    throw error instanceof Failed ? error : new Failed({ code: codeOf(error) }, error);
  }
};

const orProblem = (step: () => Promise<Account | SignInProblem>): Promise<SignInReply> =>
  orFailed(async () => {
    try {
      const account = await step();
      return typeof account === 'string' ? { ok: false, problem: account } : { ok: true, account };
    } catch (error) {
      const problem = error instanceof FirebaseError ? problemOf(error.code) : null;
      if (problem === null) throw error;
      return { ok: false, problem };
    }
  });

/** Firebase's own codes in ours; whatever isn't listed means that sign-in doesn't work at the moment. */
const codes: Readonly<Record<string, Failure['code']>> = {
  'auth/network-request-failed': 'network.unreachable',
  'auth/too-many-requests': 'limit.ip',
  'auth/user-disabled': 'auth.blocked',
  'auth/user-not-found': 'auth.revoked',
  'auth/user-token-expired': 'auth.revoked',
  'auth/invalid-user-token': 'auth.revoked',
  'auth/requires-recent-login': 'auth.expired',
  'auth/operation-not-allowed': 'auth.forbidden',
  'auth/admin-restricted-operation': 'auth.forbidden',
};

const codeOf = (error: unknown): Failure['code'] =>
  (error instanceof FirebaseError ? codes[error.code] : undefined) ?? 'auth.unavailable';
