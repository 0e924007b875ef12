/**
 * The one table of errors. Everything else derives from it: HTTP statuses, `Retry-After`, the client's retries, the
 * extension's sentences, the Python mirror in `ml-service` and the reference in docs. No dependencies: the browser loads it.
 */

/** Who has to act for the failure to go away. */
export type ErrorOwner = 'client' | 'capacity' | 'upstream' | 'platform';

/**
 * What a client may do by itself. `refresh`: get a new token, then once more. `after`: wait for `retryAfterMs`.
 * `once`: once more at once, as a numbered attempt.
 */
export type ErrorRetry = 'no' | 'refresh' | 'after' | 'once';

/** What the failed run costs. `cap`: the project pays, the user doesn't. `ran`: the user pays for what ran. */
export type ErrorCharge = 'no' | 'cap' | 'ran';

export interface ErrorRow {
  readonly http: number;
  readonly owner: ErrorOwner;
  readonly retry: ErrorRetry;
  readonly charged: ErrorCharge;
  /** One sentence for developers. What a user reads is the client's own text. */
  readonly message: string;
}

/** Who owns it, what a client may do, and what it costs: the three that most rows share. */
const client = { owner: 'client', retry: 'no', charged: 'no' } as const;
const clientLater = { owner: 'client', retry: 'after', charged: 'no' } as const;
const platform = { owner: 'platform', retry: 'after', charged: 'no' } as const;
const capacity = { owner: 'capacity', retry: 'after', charged: 'no' } as const;
const upstream = { owner: 'upstream', retry: 'once', charged: 'cap' } as const;

export const errors = {
  'auth.missing': { http: 401, ...client, message: 'No token: send `Authorization: Bearer <ID token>`.' },
  'auth.invalid': { http: 401, ...client, message: 'The token is not valid here.' },
  'auth.expired': { http: 401, ...client, retry: 'refresh', message: 'The token has expired: refresh it and try again.' },
  'auth.revoked': { http: 401, ...client, message: 'The session was revoked: sign in again.' },
  'auth.forbidden': { http: 403, ...client, message: 'This account may not do that.' },
  'auth.blocked': { http: 403, ...client, message: 'This account is blocked.' },
  'auth.unavailable': { http: 503, ...platform, message: 'Sign-in cannot be checked at the moment; nobody was signed out.' },
  'input.invalid': { http: 400, ...client, message: 'The input is not valid.' },
  'input.too_large': { http: 413, ...client, message: 'The input is larger than allowed.' },
  'client.outdated': { http: 426, ...client, message: 'This client is too old: update it.' },
  'request.not_found': { http: 404, ...client, message: 'There is nothing at this address.' },
  'request.timeout': { http: 408, ...client, message: 'The request took too long to arrive.' },
  'request.uri_too_long': { http: 414, ...client, message: 'The address is longer than allowed.' },
  'request.media_type': { http: 415, ...client, message: 'Send `content-type: application/json`.' },
  'request.cancelled': { http: 499, ...client, charged: 'ran', message: 'The client cancelled the run.' },
  'limit.rate': { http: 429, ...clientLater, message: 'Too many requests in a minute.' },
  'limit.concurrency': { http: 429, ...clientLater, message: 'Too many runs at the same time.' },
  'limit.ip': { http: 429, ...clientLater, message: 'Too many requests from this address.' },
  'limit.quota': { http: 402, ...client, message: 'The budget of this account is used up.' },
  'limit.pool': { http: 402, ...client, message: 'The budget shared by users without an account is used up.' },
  'limit.spend_cap': { http: 503, ...platform, message: 'The project has reached its spend cap.' },
  'limit.killed': { http: 503, ...platform, message: 'The operator has stopped all runs.' },
  'limit.store_down': { http: 503, ...platform, message: 'The ledger cannot be reached; nothing was spent.' },
  'capacity.overloaded': { http: 503, ...capacity, message: 'The service is at its capacity.' },
  'upstream.circuit_open': { http: 503, ...capacity, message: 'The model has failed repeatedly and is given a pause.' },
  'upstream.cold': { http: 503, ...capacity, message: 'The model is starting.' },
  'upstream.timeout': { http: 504, ...upstream, message: 'The model did not answer in time.' },
  'upstream.bad_response': { http: 502, ...upstream, message: 'The model gave an answer that breaks its contract.' },
  'run.conflict': { http: 409, ...client, message: 'This idempotency key was used with another input.' },
  'run.result_gone': { http: 410, ...client, message: 'The run is settled, but its result is no longer kept.' },
  'internal.bug': {
    http: 500,
    ...platform,
    retry: 'no',
    message: 'Something broke on our side; the reference names it in the log.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errors;

export const errorCodes = Object.keys(errors) as ErrorCode[];

export const isErrorCode = (value: unknown): value is ErrorCode => typeof value === 'string' && Object.hasOwn(errors, value);
