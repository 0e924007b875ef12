import { Fault } from '../fault.ts';
import { ownerOf } from '../middleware/authenticate.ts';
import { adminOnly } from '../procedures.ts';
import { AccountRecord, SetAccountInput, KillSwitch } from '../schemas.ts';
import { t } from '../trpc.ts';

/** For those whose verified e-mail stands in ADMIN_EMAILS. Each change is effective with the next request, on every instance. */
export const admin = t.router({
  account: adminOnly
    .input(SetAccountInput.pick({ uid: true }))
    .output(AccountRecord)
    .query(({ ctx: { deps, principal }, input: { uid } }) => deps.accounts.account(ownerOf(principal.issuer, uid))),

  setAccount: adminOnly
    .input(SetAccountInput)
    .output(AccountRecord)
    .mutation(async ({ ctx: { deps, principal }, input: { uid, plan, blocked } }) => {
      if (plan !== null && !Object.hasOwn(deps.policy.plans, plan)) {
        const plans = Object.keys(deps.policy.plans).join(', ');
        throw new Fault('input.invalid', { field: 'plan', message: `plan: must be one of ${plans}, or null` });
      }
      await deps.accounts.setAccount(ownerOf(principal.issuer, uid), { plan, blocked });
      deps.log.warn({ by: principal.uid, uid, plan, blocked }, 'account changed by an admin');
      return { plan, blocked };
    }),

  /** Stops every run of the project that has not started, until it is switched off again. */
  setKillSwitch: adminOnly
    .input(KillSwitch)
    .output(KillSwitch)
    .mutation(async ({ ctx: { deps, principal }, input: { on } }) => {
      await deps.quota.setKillSwitch(on);
      deps.log.warn({ by: principal.uid, on }, 'kill switch');
      return { on };
    }),
});
