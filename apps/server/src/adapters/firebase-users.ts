import { setTimeout } from 'node:timers/promises';
import { initializeApp } from 'firebase-admin/app';
import { type Auth, getAuth, type UserRecord } from 'firebase-admin/auth';
import type { Users } from '../identity/verified-tokens.ts';

export interface FirebaseUsers extends Users {
  /**
   * Null when users can be looked up, or could be if the network let us.
   * Otherwise why not: without the project's credentials no user would ever be let in.
   */
  obstacle(): Promise<string | null>;
}

const TIMEOUT_MS = 3_000;
/** Of a connection that could not be made, at any depth of an error's causes. */
const OUTAGE = /^(E(CONN|AI_|HOST|NET)\w+|ETIMEDOUT|ENOTFOUND|EPIPE|app\/network-(error|timeout)|5\d\d)$/;

export interface FirebaseUsersOptions {
  readonly projectId: string;
  /** Told of everybody who is looked up, and when their account was made. */
  readonly onUser?: (uid: string, createdMs: number) => void;
}

/** The users of a Firebase project, by firebase-admin with the credentials that the environment offers it. */
export function firebaseUsers({ projectId, onUser = () => undefined }: FirebaseUsersOptions): FirebaseUsers {
  const auth = getAuth(initializeApp({ projectId }, `twohop-${projectId}`));
  return {
    standing: async ({ identity, signedInAtMs }) => {
      const user = await lookUp(auth, identity.uid);
      if (!user) return 'auth.revoked';
      onUser(user.uid, Date.parse(user.metadata.creationTime));
      if (user.disabled) return 'auth.blocked';
      const validSince = user.tokensValidAfterTime;
      return validSince !== undefined && signedInAtMs < Date.parse(validSince) ? 'auth.revoked' : null;
    },
    obstacle: async () => {
      try {
        await lookUp(auth, 'nobody');
        return null;
      } catch (error) {
        return isOutage(error) ? null : (codesOf(error)[0] ?? 'unknown');
      }
    },
  };
}

class NoAnswer extends Error {
  readonly code = 'ETIMEDOUT';
}

/** Undefined: the project has no such user, any more. firebase-admin itself would wait and try for minutes. */
async function lookUp(auth: Auth, uid: string): Promise<UserRecord | undefined> {
  const tooLate = setTimeout(TIMEOUT_MS, undefined, { ref: false }).then(() => Promise.reject(new NoAnswer('no answer')));
  try {
    return await Promise.race([auth.getUser(uid), tooLate]);
  } catch (error) {
    if (codesOf(error).includes('auth/user-not-found')) return undefined;
    throw error;
  }
}

const isOutage = (error: unknown): boolean => codesOf(error).some((code) => OUTAGE.test(code));

function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let link: unknown = error; link instanceof Error; link = link.cause) {
    if ('code' in link) codes.push(String(link.code));
  }
  return codes;
}
