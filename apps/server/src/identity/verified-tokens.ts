import { hash } from 'node:crypto';
import type { AuthRefusal, Identity, IdentityProvider, Log } from '@twohop/api';
import { LRUCache } from 'lru-cache';
import { type Refusal, unavailable } from './sound-claims.ts';

export interface VerifiedToken {
  readonly identity: Identity;
  readonly expiresAtMs: number;
  /** When the person last proved who they are; a revocation ends every session that began before it. */
  readonly signedInAtMs: number;
}

/** Whether the holder of a genuine token is still let in, by the provider's own record. */
export interface Users {
  /** Null: they are. @throws when the provider cannot tell */
  standing(verified: VerifiedToken, token: string): Promise<AuthRefusal | null>;
}

/** For a provider that cannot be asked: a token counts until it expires. */
export const unasked: Users = { standing: async () => null };

export interface VerifiedTokensOptions {
  readonly verify: (token: string) => Promise<VerifiedToken | Refusal>;
  readonly users: Users;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Tokens that are remembered; about 500 bytes each. */
  readonly max?: number;
}

interface Known {
  readonly verified: VerifiedToken;
  verdict: Identity | Refusal;
  /** When the question was asked that `verdict` answers. */
  askedAtMs: number;
  failedAtMs: number;
  asking: Promise<void> | null;
}

/** A user who is disabled, or whose sessions are revoked, is out after this long. */
const TRUSTED_MS = 60_000;
/** From this age on a user is asked about again, while nobody waits for it. */
const ASKED_AGAIN_MS = 30_000;
const FAILED_PAUSE_MS = 1_000;

/**
 * In front of every verifier: a token is verified once and then known by its hash, never past its expiry. Its user's standing
 * is at most a minute old; when the provider cannot be asked for longer than that, nobody is let in and nobody is signed out.
 */
export function verifiedTokens({ verify, users, nowMs, log, max = 20_000 }: VerifiedTokensOptions): IdentityProvider {
  const kept = new LRUCache<string, Known>({ max });

  const ask = async (known: Known, token: string) => {
    const askedAtMs = nowMs();
    try {
      const refused = await users.standing(known.verified, token);
      known.verdict = refused ? { refused } : known.verified.identity;
      known.askedAtMs = askedAtMs;
    } catch (error) {
      known.failedAtMs = nowMs();
      log.warn({ err: error }, 'the identity provider cannot be asked about a user');
    }
  };
  const ageMs = ({ askedAtMs }: Known) => {
    const age = nowMs() - askedAtMs;
    // A clock that was set back must not make a verdict younger.
    return age < 0 ? Infinity : age;
  };
  const verdictOn = async (known: Known, token: string): Promise<Identity | Refusal> => {
    if (ageMs(known) < ASKED_AGAIN_MS) return known.verdict;
    if (!known.asking && Math.abs(nowMs() - known.failedAtMs) >= FAILED_PAUSE_MS)
      known.asking = ask(known, token).finally(() => (known.asking = null));
    if (ageMs(known) < TRUSTED_MS) return known.verdict;
    await known.asking;
    return ageMs(known) < TRUSTED_MS ? known.verdict : unavailable;
  };

  return {
    verify: async (token) => {
      const name = hash('sha256', token, 'base64url');
      let known = kept.get(name);
      if (!known) {
        const verified = await verify(token);
        if ('refused' in verified) return verified;
        // Of calls that verify the same token side by side, all ask about its user as one.
        known = kept.get(name) ?? { verified, verdict: unavailable, askedAtMs: -Infinity, failedAtMs: -Infinity, asking: null };
        kept.set(name, known);
      }
      if (nowMs() < known.verified.expiresAtMs) return verdictOn(known, token);
      kept.delete(name);
      return { refused: 'auth.expired' };
    },
  };
}
