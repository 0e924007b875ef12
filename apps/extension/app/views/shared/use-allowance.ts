import { useCallback, useEffect, useState } from 'react';
import type { Allowance, Left } from '../../core/amounts.ts';
import { onAccountChange } from '../../platform/runtime.ts';
import { ask } from './client.ts';

export interface KnownAllowance extends Allowance {
  readonly plan: string;
}

/**
 * What is left of the day: null until the server has said so. Each receipt brings it up to date without another request,
 * which would count against the requests of a minute. A failure keeps what was known: the next run tells.
 */
export const useAllowance = () => {
  const [allowance, setAllowance] = useState<KnownAllowance | null>(null);
  useEffect(() => {
    const load = () =>
      void ask('quota').then(
        (quota) => setAllowance({ plan: quota.plan, ...quota.computeDay }),
        () => undefined,
      );
    load();
    // Another sign-in may have another plan.
    return onAccountChange(load);
  }, []);
  const note = useCallback(({ remainingUs, resetsAt }: Left) => {
    setAllowance((known) => known && { ...known, remainingUs, resetsAt });
  }, []);
  useEffect(() => {
    if (allowance) ask('showLeft', allowance).catch(() => undefined);
  }, [allowance]);
  return { allowance, note };
};
