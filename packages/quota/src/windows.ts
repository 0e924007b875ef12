import type { Policy } from './policy.ts';

/** One budget a run draws on: a scope within one calendar window (UTC). `held` and `settled` of its row are in `unit`. */
export interface Line {
  /** Whose budget, and over which period: `user-day:<owner>`, `cap-month`. */
  readonly scope: string;
  /** Number of the window: days or months since 1970. */
  readonly window: number;
  readonly unit: 'computeUs' | 'microUsd';
  /** What the run holds until it is settled. */
  readonly amount: number;
  readonly limit: number;
  readonly code: 'limit.quota' | 'limit.ip' | 'limit.pool' | 'limit.spend_cap';
  readonly resetsAtMs: number;
}

/** Who spends. `owner` names issuer and uid, so two issuers never share a budget. */
export interface Spender {
  readonly owner: string;
  readonly plan: string;
  readonly anonymous: boolean;
  /** The address budgets are counted by: an IPv4 address, or the /64 of an IPv6 one. */
  readonly ipBucket: string;
  /** Keyed hash of what names the person across accounts, or null; see `ReserveRequest`. */
  readonly person: string | null;
}

const DAY_MS = 86_400_000;

const day = (nowMs: number) => {
  const window = Math.floor(nowMs / DAY_MS);
  return { window, resetsAtMs: (window + 1) * DAY_MS };
};

const month = (nowMs: number) => {
  const date = new Date(nowMs);
  const window = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  return { window, resetsAtMs: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) };
};

/** The user's own lines, day first: `usage` and receipts read the first. */
export function userLines(
  policy: Policy,
  { owner, plan: name }: Pick<Spender, 'owner' | 'plan'>,
  { amount, nowMs }: { amount: number; nowMs: number },
): [Line, ...Line[]] {
  const plan = policy.plans[name];
  if (!plan) throw new RangeError(`plan "${name}" is not one of the plans in the config`);
  const own = { unit: 'computeUs', amount, code: 'limit.quota' } as const;
  return [
    { ...own, scope: `user-day:${owner}`, limit: plan.computeDayUs, ...day(nowMs) },
    { ...own, scope: `user-month:${owner}`, limit: plan.computeMonthUs, ...month(nowMs) },
  ];
}

/** The project's own lines, day first. */
export function capLines({ cap }: Pick<Policy, 'cap'>, { amount, nowMs }: { amount: number; nowMs: number }): [Line, Line] {
  const own = { unit: 'microUsd', amount, code: 'limit.spend_cap' } as const;
  return [
    { ...own, scope: 'cap-day', limit: cap.dayMicroUsd, ...day(nowMs) },
    { ...own, scope: 'cap-month', limit: cap.monthMicroUsd, ...month(nowMs) },
  ];
}

/** What a run holds from its start to its settlement. */
export interface Hold {
  readonly estimateUs: number;
  readonly worstMicroUsd: number;
  readonly nowMs: number;
}

/**
 * Every budget that a run must fit in, in the order in which a refusal is told: the user's own first, then the address,
 * the pool of users without an account, and last the project's cap, which holds money and the worst case.
 */
export function runLines(policy: Policy, spender: Spender, { estimateUs, worstMicroUsd, nowMs }: Hold): Line[] {
  const shared = { unit: 'computeUs', amount: estimateUs, ...day(nowMs) } as const;
  const pool = { ...shared, scope: 'pool-day', limit: policy.anonymousPool.computeDayUs, code: 'limit.pool' } as const;
  return [
    ...userLines(policy, spender, { amount: estimateUs, nowMs }),
    { ...shared, scope: `ip-day:${spender.ipBucket}`, limit: policy.ip.computeDayUs, code: 'limit.ip' },
    ...(spender.anonymous ? [pool] : []),
    ...capLines(policy, { amount: worstMicroUsd, nowMs }),
  ];
}
