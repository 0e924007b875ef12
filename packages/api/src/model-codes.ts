import type { ErrorCode as MlErrorCode } from '@twohop/ml-client';
import type { ErrorCode } from './errors.ts';

/**
 * What an error of the second hop means on the first. Complete by type: a code added to or dropped from the model's
 * contract does not compile here. What only the server can be guilty of towards the model is our bug to the client.
 */
export const modelCodes = {
  'auth.missing': 'internal.bug',
  'auth.invalid': 'internal.bug',
  'auth.expired': 'internal.bug',
  'auth.revoked': 'internal.bug',
  'auth.forbidden': 'internal.bug',
  'auth.blocked': 'internal.bug',
  'auth.unavailable': 'upstream.bad_response',
  'input.invalid': 'input.invalid',
  'input.too_large': 'input.too_large',
  'client.outdated': 'internal.bug',
  'request.not_found': 'internal.bug',
  'request.timeout': 'upstream.timeout',
  'request.uri_too_long': 'internal.bug',
  'request.media_type': 'internal.bug',
  'request.cancelled': 'request.cancelled',
  'limit.rate': 'capacity.overloaded',
  'limit.concurrency': 'capacity.overloaded',
  'limit.ip': 'capacity.overloaded',
  'limit.quota': 'capacity.overloaded',
  'limit.pool': 'capacity.overloaded',
  'limit.spend_cap': 'capacity.overloaded',
  'limit.killed': 'capacity.overloaded',
  'limit.store_down': 'capacity.overloaded',
  'capacity.overloaded': 'capacity.overloaded',
  'upstream.circuit_open': 'upstream.circuit_open',
  'upstream.cold': 'upstream.cold',
  'upstream.timeout': 'upstream.timeout',
  'upstream.bad_response': 'upstream.bad_response',
  'run.conflict': 'internal.bug',
  'run.result_gone': 'internal.bug',
  'internal.bug': 'upstream.bad_response',
} as const satisfies Record<MlErrorCode, ErrorCode>;
