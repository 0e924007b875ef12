import type { TwohopErrorCode } from '@twohop/sdk';

/** What the button under the sentence does. `none`: nothing that a button could do would help. */
export type Remedy = 'retry' | 'sign-in' | 'edit' | 'none';

/** One remedy for every failure. A code without one does not compile. */
export const remedies = {
  'auth.missing': 'sign-in',
  'auth.invalid': 'sign-in',
  'auth.expired': 'retry',
  'auth.revoked': 'sign-in',
  'auth.forbidden': 'sign-in',
  'auth.blocked': 'none',
  'auth.unavailable': 'retry',
  'input.invalid': 'edit',
  'input.too_large': 'edit',
  'client.outdated': 'none',
  'request.not_found': 'none',
  'request.timeout': 'retry',
  'request.uri_too_long': 'none',
  'request.media_type': 'none',
  'request.cancelled': 'retry',
  'limit.rate': 'retry',
  'limit.concurrency': 'retry',
  'limit.ip': 'retry',
  'limit.quota': 'none',
  'limit.pool': 'none',
  'limit.spend_cap': 'retry',
  'limit.killed': 'retry',
  'limit.store_down': 'retry',
  'capacity.overloaded': 'retry',
  'upstream.circuit_open': 'retry',
  'upstream.cold': 'retry',
  'upstream.timeout': 'retry',
  'upstream.bad_response': 'retry',
  'run.conflict': 'retry',
  'run.result_gone': 'retry',
  'internal.bug': 'retry',
  'network.unreachable': 'retry',
} as const satisfies Record<TwohopErrorCode, Remedy>;
