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

const row = (http: number, owner: ErrorOwner, retry: ErrorRetry, message: string, charged: ErrorCharge = 'no'): ErrorRow => ({
  http,
  owner,
  retry,
  charged,
  message,
});

export const errors = {
  'auth.missing': row(401, 'client', 'no', 'No token: send `Authorization: Bearer <ID token>`.'),
  'auth.invalid': row(401, 'client', 'no', 'The token is not valid here.'),
  'auth.expired': row(401, 'client', 'refresh', 'The token has expired: refresh it and try again.'),
  'auth.revoked': row(401, 'client', 'no', 'The session was revoked: sign in again.'),
  'auth.forbidden': row(403, 'client', 'no', 'This account may not do that.'),
  'auth.blocked': row(403, 'client', 'no', 'This account is blocked.'),
  'auth.unavailable': row(503, 'platform', 'after', 'Sign-in cannot be checked at the moment; nobody was signed out.'),
  'input.invalid': row(400, 'client', 'no', 'The input is not valid.'),
  'input.too_large': row(413, 'client', 'no', 'The input is larger than allowed.'),
  'client.outdated': row(426, 'client', 'no', 'This client is too old: update it.'),
  'request.not_found': row(404, 'client', 'no', 'There is nothing at this address.'),
  'request.timeout': row(408, 'client', 'no', 'The request took too long to arrive.'),
  'request.uri_too_long': row(414, 'client', 'no', 'The address is longer than allowed.'),
  'request.media_type': row(415, 'client', 'no', 'Send `content-type: application/json`.'),
  'request.cancelled': row(499, 'client', 'no', 'The client cancelled the run.', 'ran'),
  'limit.rate': row(429, 'client', 'after', 'Too many requests in a minute.'),
  'limit.concurrency': row(429, 'client', 'after', 'Too many runs at the same time.'),
  'limit.ip': row(429, 'client', 'after', 'Too many requests from this address.'),
  'limit.quota': row(402, 'client', 'no', 'The budget of this account is used up.'),
  'limit.pool': row(402, 'client', 'no', 'The budget shared by users without an account is used up.'),
  'limit.spend_cap': row(503, 'platform', 'after', 'The project has reached its spend cap.'),
  'limit.killed': row(503, 'platform', 'after', 'The operator has stopped all runs.'),
  'limit.store_down': row(503, 'platform', 'after', 'The ledger cannot be reached; nothing was spent.'),
  'capacity.overloaded': row(503, 'capacity', 'after', 'The service is at its capacity.'),
  'upstream.circuit_open': row(503, 'capacity', 'after', 'The model has failed repeatedly and is given a pause.'),
  'upstream.cold': row(503, 'capacity', 'after', 'The model is starting.'),
  'upstream.timeout': row(504, 'upstream', 'once', 'The model did not answer in time.', 'cap'),
  'upstream.bad_response': row(502, 'upstream', 'once', 'The model gave an answer that breaks its contract.', 'cap'),
  'run.conflict': row(409, 'client', 'no', 'This idempotency key was used with another input.'),
  'run.result_gone': row(410, 'client', 'no', 'The run is settled, but its result is no longer kept.'),
  'internal.bug': row(500, 'platform', 'no', 'Something broke on our side; the reference names it in the log.'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errors;

export const errorCodes = Object.keys(errors) as ErrorCode[];

export const isErrorCode = (value: unknown): value is ErrorCode => typeof value === 'string' && Object.hasOwn(errors, value);
