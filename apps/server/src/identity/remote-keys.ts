import type { Log } from '@twohop/api';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { fetchJson } from './fetch-json.ts';

/** Nobody can say at the moment whether a token is genuine. It says nothing against the token. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

export interface RemoteKeysOptions {
  /** Where the issuer publishes its JWKS; asked again before each fetch. */
  readonly locate: () => Promise<string>;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** A key that the issuer has withdrawn is refused after this long. */
const FRESH_MS = 10 * 60_000;
/** During an outage of the issuer its last keys count for this long. */
const STALE_MS = 24 * 3_600_000;
/** An endpoint that fails is asked again after this long; one that works, for the sake of an unknown key, after this long. */
const FAILED_PAUSE_MS = 5_000;
const WORKING_PAUSE_MS = 10_000;

/**
 * The public keys of an issuer. One fetch at a time, whatever the load. The last good keys outlive an outage; what cannot be
 * judged without new ones throws `KeysUnavailable`, never the error of a forged token.
 */
export function remoteKeys({ locate, nowMs, log }: RemoteKeysOptions): JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | null = null;
  let fetchedAtMs = -Infinity;
  let triedAtMs = -Infinity;
  let failed = false;
  let flight: Promise<void> | null = null;

  const renew = async () => {
    triedAtMs = nowMs();
    try {
      keys = usable(await fetchJson(await locate()));
      fetchedAtMs = triedAtMs;
      failed = false;
    } catch (error) {
      failed = true;
      log.warn({ err: error, kept: keys !== null }, "the issuer's keys cannot be fetched");
    }
  };
  /** Joins the fetch in flight, or begins one unless the last was a moment ago. */
  const renewed = async () => {
    const due = nowMs() - triedAtMs >= (failed ? FAILED_PAUSE_MS : WORKING_PAUSE_MS);
    if (due) flight ??= renew().finally(() => (flight = null));
    await flight;
  };

  return async (header, token) => {
    // Which key made it is the token's to say: none is guessed. It costs a forger's token no fetch either.
    if (header?.kid === undefined) throw new errors.JWKSNoMatchingKey();
    if (nowMs() - fetchedAtMs >= FRESH_MS) await renewed();
    if (!keys || nowMs() - fetchedAtMs >= STALE_MS) throw new KeysUnavailable();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    // A key that is not known may be forged, or new.
    await renewed();
    if (failed) throw new KeysUnavailable();
    return keys(header, token);
  };
}

/** Without a single key every token would look forged: that is a fault of the issuer's, and counts as an outage. */
function usable(jwks: unknown): JWTVerifyGetKey {
  const { keys } = jwks as JSONWebKeySet;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('no keys in the JWKS');
  return createLocalJWKSet({ keys });
}
