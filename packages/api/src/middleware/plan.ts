import type { Plan, Policy } from '@twohop/quota';
import type { Principal } from './authenticate.ts';

/** The plan a principal is on. @throws Error when the config lacks it: a bug, since `checkPolicy` ran at the start. */
export function planOf(policy: Policy, { plan }: Principal): Plan {
  const found = policy.plans[plan];
  if (!found) throw new Error(`no plan "${plan}" in the config`);
  return found;
}
