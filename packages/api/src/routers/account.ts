import { planOf } from '../middleware/plan.ts';
import { signedIn } from '../procedures.ts';
import { AccountOutput, QuotaOutput } from '../schemas.ts';
import { t } from '../trpc.ts';

export const account = t.router({
  me: signedIn.output(AccountOutput).query(({ ctx: { principal } }) => {
    const { uid, plan, anonymous } = principal;
    return { uid, plan, anonymous };
  }),

  /** What is left, and when it is new again. Reading it costs nothing. */
  quota: signedIn.output(QuotaOutput).query(async ({ ctx: { deps, principal, request } }) => {
    const { running, resetsAtMs, ...computeDay } = await deps.quota.usage({ ...principal, ipBucket: request.ipBucket });
    const { requestsPerMinute, concurrentRuns } = planOf(deps.policy, principal);
    return {
      plan: principal.plan,
      computeDay: { ...computeDay, resetsAt: new Date(resetsAtMs).toISOString() },
      requestsPerMinute,
      concurrent: { limit: concurrentRuns, running },
    };
  }),
});
