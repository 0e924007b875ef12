import type { Identity, IdentityProvider, Log } from '@twohop/api';
import { ask, fetchJson } from '../identity/fetch-json.ts';
import { remoteKeys } from '../identity/remote-keys.ts';
import { signedBy, type SoundClaims, soundClaims } from '../identity/sound-claims.ts';
import { unasked, type Users, type VerifiedToken, verifiedTokens } from '../identity/verified-tokens.ts';

export interface OidcIdentityOptions {
  /** As it stands in the `iss` of its tokens, to the letter. */
  readonly issuer: string;
  readonly audience: string;
  /** Null: found through the issuer's discovery document. */
  readonly jwksUrl: string | null;
  /** Answers a token that still counts with 2xx, another with 401 or 403. Null: a token counts until it expires. */
  readonly userinfoUrl: string | null;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** Those with a public key: with a shared secret, whoever can verify a token can also make one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** Signed tokens of any OpenID Connect issuer: Supabase Auth, Auth0, Clerk, Keycloak, Google. */
export function oidcIdentity(options: OidcIdentityOptions): IdentityProvider {
  const { issuer, audience, jwksUrl, userinfoUrl, nowMs, log } = options;
  const locate = async () => jwksUrl ?? (await discoveredKeys(issuer));
  const read = signedBy(remoteKeys({ locate, nowMs, log }), ALGORITHMS);
  return verifiedTokens({
    nowMs,
    log,
    users: userinfoUrl === null ? unasked : userinfo(userinfoUrl),
    verify: async (token) => {
      const sound = await soundClaims(read, token, { issuer, audience, nowMs: nowMs() });
      return 'refused' in sound ? sound : verified(sound.claims);
    },
  });
}

async function discoveredKeys(issuer: string): Promise<string> {
  const document = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const { issuer: told, jwks_uri: keys } = document as { issuer?: unknown; jwks_uri?: unknown };
  if (told !== issuer) throw new Error('the discovery document is another issuer’s');
  if (typeof keys !== 'string' || new URL(keys).protocol !== new URL(issuer).protocol)
    throw new Error('the discovery document names no JWKS');
  return keys;
}

const verified = (claims: SoundClaims): VerifiedToken => ({
  identity: identityOf(claims),
  expiresAtMs: claims.exp * 1000,
  signedInAtMs: claims.iat * 1000,
});

/** `is_anonymous` is Supabase's; no other issuer signs in whom it does not know. */
function identityOf({ iss, sub, email, email_verified: sure, is_anonymous: nobody }: SoundClaims): Identity {
  const anonymous = nobody === true;
  return {
    issuer: iss,
    uid: sub,
    anonymous,
    email: typeof email === 'string' && sure === true ? email.toLowerCase() : null,
    subject: anonymous ? null : `${iss}:${sub}`,
  };
}

/** The issuer's own word on a token, by OpenID Connect's UserInfo endpoint. */
const userinfo = (url: string): Users => ({
  standing: async ({ identity }, token) => {
    const reply = await ask(url, { authorization: `Bearer ${token}` });
    if (reply.status === 401 || reply.status === 403) return 'auth.revoked';
    if (!reply.ok) throw new Error(`${new URL(url).host} answered ${reply.status}`);
    const { sub = identity.uid } = (await reply.json()) as { sub?: unknown };
    return sub === identity.uid ? null : 'auth.revoked';
  },
});
