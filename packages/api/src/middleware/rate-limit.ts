import { StoreDown } from '@twohop/quota';
import type { Context } from '../context.ts';
import { Fault } from '../fault.ts';

export interface Rate {
  readonly key: string;
  readonly perMinute: number;
  /** While the store of rates is down. */
  readonly uncounted: 'served' | 'refused';
}

/** Requests a minute of one user. Counted inside the procedure: a batch of ten counts ten. */
export async function takeRate({ deps }: Context, { key, perMinute, uncounted }: Rate): Promise<void> {
  const waitMs = await deps.rates.take(key, perMinute).catch((error: unknown) => {
    if (uncounted === 'served' && error instanceof StoreDown) return null;
    throw error;
  });
  if (waitMs !== null) throw new Fault('limit.rate', { retryAfterMs: waitMs, limit: 'requests-minute' });
}
