import type { Identity, IdentityProvider, Log } from '@twohop/api';
import { remoteKeys } from '../identity/remote-keys.ts';
import { invalid, type Refusal, signedBy, type SoundClaims, soundClaims, unsigned } from '../identity/sound-claims.ts';
import { type Users, type VerifiedToken, verifiedTokens } from '../identity/verified-tokens.ts';

export interface FirebaseIdentityOptions {
  readonly projectId: string;
  /** Takes the unsigned tokens of the Auth emulator, and no others. */
  readonly emulated: boolean;
  readonly users: Users;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly keysUrl?: string;
}

const GOOGLE_KEYS = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com';

/** A longer one is no user's, and Firebase takes the question for a mistake of ours. */
const LONGEST_UID = 128;

/** Firebase ID tokens of one project, without tenants. */
export function firebaseIdentity(options: FirebaseIdentityOptions): IdentityProvider {
  const { projectId, emulated, nowMs, log, keysUrl = GOOGLE_KEYS } = options;
  const read = emulated ? unsigned : signedBy(remoteKeys({ locate: async () => keysUrl, nowMs, log }), ['RS256']);
  const issuer = `https://securetoken.google.com/${projectId}`;
  return verifiedTokens({
    ...options,
    verify: async (token) => {
      const sound = await soundClaims(read, token, { issuer, audience: projectId, nowMs: nowMs() });
      return 'refused' in sound ? sound : verified(sound.claims);
    },
  });
}

function verified(claims: SoundClaims): VerifiedToken | Refusal {
  const { aud, exp, auth_time: signedInAt, firebase } = claims;
  if (claims.sub.length > LONGEST_UID) return invalid;
  if (typeof aud !== 'string' || typeof signedInAt !== 'number' || !isSignIn(firebase)) return invalid;
  return { identity: identityOf(claims, firebase), expiresAtMs: exp * 1000, signedInAtMs: signedInAt * 1000 };
}

interface SignIn {
  readonly sign_in_provider: string;
  readonly identities?: unknown;
}

/** A tenant's user may have the uid of another tenant's. */
const isSignIn = (firebase: unknown): firebase is SignIn =>
  typeof firebase === 'object' &&
  firebase !== null &&
  'sign_in_provider' in firebase &&
  typeof firebase.sign_in_provider === 'string' &&
  !('tenant' in firebase);

const identityOf = ({ iss, sub, email, email_verified: sure }: SoundClaims, firebase: SignIn): Identity => ({
  issuer: iss,
  uid: sub,
  anonymous: firebase.sign_in_provider === 'anonymous',
  // An address that nobody has verified may be somebody else's.
  email: typeof email === 'string' && sure === true ? email.toLowerCase() : null,
  subject: subjectOf(firebase.identities),
});

/** `google.com:1234` of the first provider that vouches for the person; an e-mail alone does not. */
function subjectOf(identities: unknown): string | null {
  for (const [provider, ids] of Object.entries(identities ?? {})) {
    const [id] = Array.isArray(ids) ? (ids as unknown[]) : [];
    if (provider !== 'email' && typeof id === 'string') return `${provider}:${id}`;
  }
  return null;
}
