import { isoOf } from '../iso.ts';
import { spenderOf } from '../middleware/authenticate.ts';
import { planOf } from '../middleware/plan.ts';
import { signedIn } from '../procedures.ts';
import { keptRun } from '../receipt.ts';
import { AccountDeletionOutput, AccountExportOutput, AccountOutput, QuotaOutput, QuoteInput, QuoteOutput } from '../schemas.ts';
import { extentToQuote, sizeOf } from '../size.ts';
import { t } from '../trpc.ts';

export const account = t.router({
  me: signedIn.output(AccountOutput).query(({ ctx: { principal } }) => {
    const { uid, plan, anonymous } = principal;
    return { uid, plan, anonymous };
  }),

  /** What is left, and when it is new again. Reading it costs nothing. */
  quota: signedIn.output(QuotaOutput).query(async ({ ctx: { deps, principal, request } }) => {
    const { running, resetsAtMs, ...computeDay } = await deps.quota.usage(spenderOf(principal, request.ipBucket));
    const { requestsPerMinute, concurrentRuns } = planOf(deps.policy, principal);
    return {
      plan: principal.plan,
      computeDay: { ...computeDay, resetsAt: isoOf(resetsAtMs) },
      requestsPerMinute,
      concurrent: { limit: concurrentRuns, running },
    };
  }),

  /** What a call of this size would probably cost, before it runs, and whether the day still has room for it. */
  quote: signedIn
    .input(QuoteInput)
    .output(QuoteOutput)
    .query(async ({ ctx: { deps, principal, request }, input: { procedure, ...extent } }) => {
      const { wallP50Us, runs, ...costs } = deps.quota.quote(procedure, sizeOf(extentToQuote(extent)));
      const { remainingUs, resetsAtMs } = await deps.quota.usage(spenderOf(principal, request.ipBucket));
      const fits = costs.p95Us <= remainingUs;
      return { ...costs, secondsP50: wallP50Us / 1e6, learnedFromRuns: runs, remainingUs, resetsAt: isoOf(resetsAtMs), fits };
    }),

  /** All that the server keeps about the caller: amounts and times, never a text. */
  export: signedIn.output(AccountExportOutput).query(async ({ ctx: { deps, principal } }) => {
    const { account: record, usage, runs, windows } = await deps.accounts.exportAccount(principal.owner);
    return {
      account: record,
      usage: usage.map(({ day, ...row }) => ({ ...row, day: isoOf(day * 86_400_000).slice(0, 10) })),
      runs: runs.map(keptRun),
      windows: [...windows],
    };
  }),

  /** Forgets the caller. What was used stays behind under a hash of the person, so that a new account refills nothing. */
  delete: signedIn.output(AccountDeletionOutput).mutation(async ({ ctx: { deps, principal } }) => {
    const { owner, person } = principal;
    // First what may refuse: a deletion that is half done is told as one, and tried again.
    await deps.results.forget(owner);
    await deps.accounts.deleteAccount({ owner, person, untilMs: Math.ceil(deps.nowMs()) + TOMBSTONE_KEPT_MS });
    return { deleted: true } as const;
  }),
});

/** The longest window is a month; its debt may reach into the next. */
const TOMBSTONE_KEPT_MS = 62 * 86_400_000;
