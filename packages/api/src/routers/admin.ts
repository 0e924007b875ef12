import { Fault } from '../fault.ts';
import { ownerOf } from '../middleware/authenticate.ts';
import { adminOnly } from '../procedures.ts';
import { AccountDeletionOutput, AccountRecord, KillSwitch, SetAccountInput, UserInput } from '../schemas.ts';
import { t } from '../trpc.ts';

/**
 * For those whose verified e-mail stands in ADMIN_EMAILS. Each change is effective with the next request, on every instance, and
 * stands in the audit log, or did not happen.
 */
export const admin = t.router({
  account: adminOnly
    .input(UserInput)
    .output(AccountRecord)
    .query(({ ctx: { deps, principal }, input: { uid } }) => deps.accounts.account(ownerOf(principal.issuer, uid))),

  setAccount: adminOnly
    .input(SetAccountInput)
    .output(AccountRecord)
    .mutation(async ({ ctx: { deps, principal, acting }, input: { uid, plan, blocked } }) => {
      if (plan !== null && !Object.hasOwn(deps.policy.plans, plan)) {
        const plans = Object.keys(deps.policy.plans).join(', ');
        throw new Fault('input.invalid', { field: 'plan', message: `plan: must be one of ${plans}, or null` });
      }
      if (blocked && uid === principal.uid) {
        throw new Fault('input.invalid', { field: 'blocked', message: 'blocked: nobody locks themselves out' });
      }
      const act = acting('account.set', uid, { plan, blocked });
      await deps.accounts.setAccount(ownerOf(principal.issuer, uid), { plan, blocked }, act);
      deps.log.warn({ by: principal.uid, uid, plan, blocked }, 'account changed by an admin');
      return { plan, blocked };
    }),

  /** Forgets a user, record included. Who the person is only they know: their next account starts with a budget of its own. */
  deleteAccount: adminOnly
    .input(UserInput)
    .output(AccountDeletionOutput)
    .mutation(async ({ ctx: { deps, principal, acting }, input: { uid } }) => {
      const owner = ownerOf(principal.issuer, uid);
      await deps.results.forget(owner);
      const act = acting('account.delete', uid, {});
      await deps.accounts.deleteAccount({ owner, person: null, untilMs: act.atMs }, act);
      deps.log.warn({ by: principal.uid }, 'account deleted by an admin');
      return { deleted: true } as const;
    }),

  /** Stops every run of the project that has not started, until it is switched off again. */
  setKillSwitch: adminOnly
    .input(KillSwitch)
    .output(KillSwitch)
    .mutation(async ({ ctx: { deps, principal, acting }, input: { on } }) => {
      await deps.quota.setKillSwitch(on, acting('kill_switch', null, { on }));
      deps.log.warn({ by: principal.uid, on }, 'kill switch');
      return { on };
    }),
});
