import { StoreDown } from '@twohop/quota';
import type { Context } from '../context.ts';
import { Fault } from '../fault.ts';
import type { Principal } from './authenticate.ts';
import { planOf } from './plan.ts';

/**
 * Requests a minute of one user. Counted inside the procedure: a batch of ten counts ten. While the store of rates is down,
 * whoever only reads is served.
 */
export async function takeRate(
  { deps }: Context,
  principal: Principal,
  type: 'query' | 'mutation' | 'subscription',
): Promise<void> {
  const waitMs = await deps.rates
    .take(`user:${principal.owner}`, planOf(deps.policy, principal).requestsPerMinute)
    .catch((error: unknown) => {
      if (type === 'query' && error instanceof StoreDown) return null;
      throw error;
    });
  if (waitMs !== null) throw new Fault('limit.rate', { retryAfterMs: waitMs, limit: 'requests-minute' });
}
