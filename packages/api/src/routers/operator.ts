import type { CapState } from '@twohop/quota';
import { isoOf } from '../iso.ts';
import { targetOf } from '../middleware/act.ts';
import { ownerOf } from '../middleware/authenticate.ts';
import { ActsOutput, LiveOutput, ReceiptsOutput, SettingsOutput, UsersInput, UsersOutput } from '../operator-schemas.ts';
import { adminOnly } from '../procedures.ts';
import { keptRun } from '../receipt.ts';
import { UserInput } from '../schemas.ts';
import { t } from '../trpc.ts';

const EARLIER_DAYS = 13;
const SHOWN_USERS = 100;
const SHOWN_RUNS = 50;
const SHOWN_ACTS = 200;
const DAY_MS = 86_400_000;

const capOf = ({ settled, held, limit, resetsAtMs }: CapState) => ({
  settledMicroUsd: settled,
  heldMicroUsd: held,
  limitMicroUsd: limit,
  resetsAt: isoOf(resetsAtMs),
});

/** What an admin sees. Nothing here changes anything. */
export const operator = t.router({
  /** Asked for about once a second. */
  live: adminOnly.output(LiveOutput).query(async ({ ctx: { deps } }) => {
    const [killed, known] = await Promise.all([
      deps.quota.isKilled().catch(() => null),
      deps.quota.spending(EARLIER_DAYS).catch(() => null),
    ]);
    const spending = known && {
      day: capOf(known.day),
      month: capOf(known.month),
      earlierDaysMicroUsd: [...known.earlierDays],
      worstRunMicroUsd: known.worstMicroUsd,
    };
    return { ...deps.operator.seen(), now: isoOf(deps.nowMs()), killed, spending, room: deps.admission.state() };
  }),

  users: adminOnly
    .input(UsersInput)
    .output(UsersOutput)
    .query(async ({ ctx, input: { search } }) => {
      const { deps, principal } = ctx;
      const prefix = ownerOf(principal.issuer, search);
      const nowMs = deps.nowMs();
      const day = Math.floor(nowMs / DAY_MS);
      const firstOfMonth = day - new Date(nowMs).getUTCDate() + 1;
      const rows = await deps.accounts.users({ prefix, all: search !== '', day, firstOfMonth, limit: SHOWN_USERS });
      return {
        plans: Object.keys(deps.policy.plans),
        users: rows.map(({ owner, ...row }) => ({
          ...row,
          uid: owner.slice(ownerOf(principal.issuer, '').length),
          target: targetOf(ctx, owner),
        })),
      };
    }),

  receipts: adminOnly
    .input(UserInput)
    .output(ReceiptsOutput)
    .query(async ({ ctx: { deps, principal }, input: { uid } }) => {
      const { runs } = await deps.accounts.exportAccount(ownerOf(principal.issuer, uid));
      return { runs: runs.slice(-SHOWN_RUNS).toReversed().map(keptRun) };
    }),

  acts: adminOnly.output(ActsOutput).query(async ({ ctx: { deps } }) => {
    const acts = await deps.accounts.acts(SHOWN_ACTS);
    return { acts: acts.map(({ atMs, ...act }) => ({ ...act, at: isoOf(atMs) })) };
  }),

  settings: adminOnly.output(SettingsOutput).query(({ ctx: { deps } }) => {
    const { cap, run } = deps.policy;
    const { settings, hosting } = deps.operator;
    return { settings: [...settings], hosting, caps: { ...cap, attempts: run.attempts, deadlineMs: run.deadlineMs } };
  }),
});
