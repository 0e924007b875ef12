import { hash } from 'node:crypto';
import type { Attestation, AttestationRefusal, Log } from '@twohop/api';
import { LRUCache } from 'lru-cache';
import { remoteKeys } from '../identity/remote-keys.ts';
import { signedBy, soundClaims } from '../identity/sound-claims.ts';
import type { UsedOnce } from '../identity/used-once.ts';

export interface AppCheckOptions {
  readonly projectId: string;
  /** Null: a token may be used again until it expires. */
  readonly usedOnce: UsedOnce | null;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly keysUrl?: string;
}

interface Proof {
  readonly expiresAtMs: number;
  /** The same for all tokens that count as one. */
  readonly id: string;
}

/** Where App Check is off. */
export const unattested: Attestation = { check: async () => null };

const GOOGLE_KEYS = 'https://firebaseappcheck.googleapis.com/v1/jwks';
const ISSUER = /^https:\/\/firebaseappcheck\.googleapis\.com\/\d+$/;

const foreign: AttestationRefusal = { refused: 'auth.forbidden' };

/** Tokens of Firebase App Check, whichever provider of it made them. A verified one is known by its hash. */
export function appCheck(options: AppCheckOptions): Attestation {
  const { projectId, usedOnce, nowMs, log, keysUrl = GOOGLE_KEYS } = options;
  const read = signedBy(remoteKeys({ locate: async () => keysUrl, nowMs, log }), ['RS256']);
  const genuine = new LRUCache<string, Proof>({ max: 20_000 });

  const proofOf = async (token: string): Promise<Proof | AttestationRefusal> => {
    const name = sha256(token);
    const known = genuine.get(name);
    if (known) return known;
    const sound = await soundClaims(read, token, { issuer: ISSUER, audience: `projects/${projectId}`, nowMs: nowMs() });
    if ('refused' in sound) return sound.refused === 'auth.unavailable' ? { ...sound, refused: sound.refused } : foreign;
    const { exp, jti } = sound.claims;
    const proof = { expiresAtMs: exp * 1000, id: sha256(typeof jti === 'string' ? jti : signedPart(token)) };
    genuine.set(name, proof);
    return proof;
  };

  return {
    check: async (token, once) => {
      const proof = token === null ? foreign : await proofOf(token);
      if ('refused' in proof) return proof;
      if (nowMs() >= proof.expiresAtMs) return foreign;
      if (!once || !usedOnce) return null;
      return (await usedOnce.use(proof.id, proof.expiresAtMs)) ? null : foreign;
    },
  };
}

const sha256 = (text: string): string => hash('sha256', text, 'base64url');

/** Names a token without an id of its own: header and claims, which are signed to the letter. The signature itself can be spelled in several ways. */
const signedPart = (token: string): string => token.slice(0, token.lastIndexOf('.'));
