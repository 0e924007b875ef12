import { FirebaseError, initializeApp } from 'firebase/app';
// Plain `firebase/auth` carries addresses of remote scripts, for which stores reject an extension.
import {
  connectAuthEmulator,
  deleteUser,
  indexedDBLocalPersistence,
  initializeAuth,
  signInAnonymously,
  signOut,
} from 'firebase/auth/web-extension';
import { Failed, type Failure } from '../core/failure.ts';
import type { AppSettings } from '../core/settings.ts';

export interface Account {
  readonly uid: string;
  readonly anonymous: boolean;
}

/** The user's sign-in, kept in IndexedDB: it survives the worker and the browser. Rejections are `Failed`. */
export interface Session {
  /** Null when nobody is signed in. */
  account(): Promise<Account | null>;
  /** The first thing that leaves the browser; only ever called for a click. */
  signInAnonymously(): Promise<Account>;
  signOut(): Promise<void>;
  /** Forgets the account at the provider. One that it asks to sign in again for is signed out, and belongs to nobody then. */
  deleteUser(): Promise<void>;
  /** A token that is still valid for minutes; a new one when `refresh` is set. Null when nobody is signed in. */
  token(options: { refresh: boolean }): Promise<string | null>;
}

export const firebaseSession = ({ firebase, authEmulatorUrl }: AppSettings): Session => {
  const auth = initializeAuth(initializeApp(firebase), { persistence: indexedDBLocalPersistence });
  if (authEmulatorUrl !== null) connectAuthEmulator(auth, authEmulatorUrl, { disableWarnings: true });
  // A worker that was just started has not read IndexedDB yet: without the wait everybody would look signed out.
  const ready = () => auth.authStateReady();
  const toAccount = (user: { uid: string; isAnonymous: boolean }): Account => ({ uid: user.uid, anonymous: user.isAnonymous });
  return {
    account: async () => {
      await ready();
      return auth.currentUser && toAccount(auth.currentUser);
    },
    signInAnonymously: () => orFailed(async () => toAccount((await signInAnonymously(auth)).user)),
    signOut: () => orFailed(() => signOut(auth)),
    deleteUser: () =>
      orFailed(async () => {
        await ready();
        const user = auth.currentUser;
        if (!user) return;
        await deleteUser(user).catch((error: unknown) => {
          // Without a password there is nothing to sign in again with.
          if (!(error instanceof FirebaseError) || error.code !== 'auth/requires-recent-login') throw error;
          return signOut(auth);
        });
      }),
    token: ({ refresh }) =>
      orFailed(async () => {
        await ready();
        return (await auth.currentUser?.getIdToken(refresh)) ?? null;
      }),
  };
};

const orFailed = async <T>(step: () => Promise<T>): Promise<T> => {
  try {
    return await step();
  } catch (error) {
    throw new Failed({ code: codeOf(error) }, error);
  }
};

/** Firebase's own codes in ours; whatever isn't listed means that sign-in doesn't work at the moment. */
const codes: Readonly<Record<string, Failure['code']>> = {
  'auth/network-request-failed': 'network.unreachable',
  'auth/too-many-requests': 'limit.ip',
  'auth/user-disabled': 'auth.blocked',
  'auth/user-not-found': 'auth.revoked',
  'auth/user-token-expired': 'auth.revoked',
  'auth/invalid-user-token': 'auth.revoked',
  'auth/operation-not-allowed': 'auth.forbidden',
  'auth/admin-restricted-operation': 'auth.forbidden',
};

const codeOf = (error: unknown): Failure['code'] =>
  (error instanceof FirebaseError ? codes[error.code] : undefined) ?? 'auth.unavailable';
