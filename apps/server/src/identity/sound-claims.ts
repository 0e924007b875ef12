import type { AuthRefusal } from '@twohop/api';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify, UnsecuredJWT } from 'jose';
import { KeysUnavailable } from './remote-keys.ts';

export interface Refusal {
  readonly refused: AuthRefusal;
  readonly retryAfterMs?: number;
}

/** Claims that every issuer's token must have, checked. Times in seconds. */
export interface SoundClaims extends JWTPayload {
  readonly iss: string;
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
}

/** Apart from a refusal, whatever an issuer calls its claims. */
interface Sound {
  readonly claims: SoundClaims;
}

export interface ClaimRules {
  readonly issuer: string | RegExp;
  readonly audience: string;
  readonly nowMs: number;
}

/** Reads a token into header and claims. @throws what jose throws, or KeysUnavailable */
export type ReadToken = (token: string, options: ReadOptions) => Promise<ReadResult> | ReadResult;
type ReadOptions = Parameters<typeof UnsecuredJWT.decode>[1];
interface ReadResult {
  readonly payload: JWTPayload;
  readonly header: { readonly typ?: string };
}

/** Tokens whose signature one of the keys made, by an algorithm with a public key. `none` and HMAC are not among them. */
export const signedBy =
  (keys: JWTVerifyGetKey, algorithms: readonly string[]): ReadToken =>
  async (token, options) => {
    const { payload, protectedHeader } = await jwtVerify(token, keys, { ...options, algorithms: [...algorithms] });
    return { payload, header: protectedHeader };
  };

/** What an emulator makes. Anybody can. */
export const unsigned: ReadToken = (token, options) => UnsecuredJWT.decode(token, options);

/** Clocks of honest machines differ by this much. An expiry is an expiry. */
const SKEW_SECONDS = 60;
const LONGEST_TOKEN = 8_192;
/** Of a session. A logout token or a proof of possession may be signed by the same keys. */
const TYPES = /^(application\/)?(at\+)?jwt$/i;
/** Ids stand in keys of stores and in logs. */
const SUBJECT = /^\P{C}{1,255}$/u;

export const unavailable: Refusal = { refused: 'auth.unavailable', retryAfterMs: 5_000 };
export const invalid: Refusal = { refused: 'auth.invalid' };
const expired: Refusal = { refused: 'auth.expired' };

/**
 * What of a token holds for every issuer. One refusal for all that is wrong with it but its age: which claim failed is
 * nobody's business. Only an expiry of a token that is otherwise genuine is told, since a client can do something about it.
 */
export async function soundClaims(read: ReadToken, token: string, rules: ClaimRules): Promise<Sound | Refusal> {
  if (token.length > LONGEST_TOKEN) return invalid;
  try {
    const { payload, header } = await read(token, {
      audience: rules.audience,
      requiredClaims: ['iss', 'sub', 'iat', 'exp'],
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(rules.nowMs),
    });
    if (header.typ !== undefined && !TYPES.test(header.typ)) return invalid;
    return judged(payload as SoundClaims, rules);
  } catch (error) {
    if (error instanceof KeysUnavailable) return unavailable;
    if (error instanceof errors.JWTExpired) return judged(error.payload as SoundClaims, rules);
    if (error instanceof errors.JOSEError) return invalid;
    throw error;
  }
}

function judged(claims: SoundClaims, { issuer, nowMs }: ClaimRules): Sound | Refusal {
  const { iss, sub, iat, exp, auth_time: authTime } = claims;
  const past = (time: unknown) => typeof time === 'number' && time <= nowMs / 1000 + SKEW_SECONDS;
  const issued = typeof issuer === 'string' ? iss === issuer : issuer.test(iss);
  const sound = issued && typeof sub === 'string' && SUBJECT.test(sub) && past(iat) && (authTime === undefined || past(authTime));
  if (!sound) return invalid;
  return exp * 1000 <= nowMs ? expired : { claims };
}
