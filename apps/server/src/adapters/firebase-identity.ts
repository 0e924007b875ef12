import type { Identity, IdentityProvider } from '@twohop/api';
import { initializeApp } from 'firebase-admin/app';
import { type DecodedIdToken, getAuth } from 'firebase-admin/auth';

type Refusal = Exclude<Awaited<ReturnType<IdentityProvider['verify']>>, Identity>;

const KEYS_UNREACHABLE = /fetching public keys|while making request|while parsing response|timeout of \d+ms/i;

/** Clocks of honest machines differ by this much. */
const SKEW_SECONDS = 60;

/**
 * Firebase ID tokens. firebase-admin checks signature, audience, issuer and expiry; what it lets through when validly signed
 * (times in the future, no expiry, no subject, another tenant) is refused here. One generic refusal: its texts would tell
 * an attacker which claim failed.
 */
export function firebaseIdentity({ projectId }: { projectId: string }): IdentityProvider {
  const auth = getAuth(initializeApp({ projectId }, `twohop-${projectId}`));
  return {
    verify: async (token) => {
      try {
        const claims = await auth.verifyIdToken(token);
        return isSound(claims, Date.now() / 1000) ? identityOf(claims) : { refused: 'auth.invalid' };
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

const identityOf = ({ iss, sub, email, email_verified: verified, firebase }: DecodedIdToken): Identity => ({
  issuer: iss,
  uid: sub,
  anonymous: firebase.sign_in_provider === 'anonymous',
  // An address that nobody has verified may be somebody else's.
  email: email !== undefined && verified === true ? email.toLowerCase() : null,
  subject: subjectOf(firebase.identities),
});

/** `google.com:1234` of the first provider that vouches for the person; an e-mail alone does not. */
function subjectOf(identities: Record<string, unknown> = {}): string | null {
  for (const [provider, ids] of Object.entries(identities)) {
    const [id] = Array.isArray(ids) ? (ids as unknown[]) : [];
    if (provider !== 'email' && typeof id === 'string') return `${provider}:${id}`;
  }
  return null;
}

function isSound({ sub, exp, iat, auth_time: authTime, firebase }: DecodedIdToken, nowSeconds: number): boolean {
  const past = (time: unknown) => typeof time === 'number' && time <= nowSeconds + SKEW_SECONDS;
  return (
    typeof sub === 'string' &&
    sub !== '' &&
    typeof exp === 'number' &&
    past(iat) &&
    past(authTime) &&
    !('tenant' in (firebase ?? {}))
  );
}

function refusalOf(error: unknown): Refusal {
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'auth/id-token-expired') return { refused: 'auth.expired' };
  // firebase-admin gives an outage of Google's keys the code of a forged token, and only the text tells them apart.
  if (message && KEYS_UNREACHABLE.test(message)) return { refused: 'auth.unavailable', retryAfterMs: 5_000 };
  if (code?.startsWith('auth/')) return { refused: 'auth.invalid' };
  throw error;
}
