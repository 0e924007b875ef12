import type { CapState, Spending } from '@twohop/quota';
import type { Tally } from './attempts.ts';
import type { Pace } from './pace.ts';

/** Something that is the matter now. */
export interface Condition {
  /** Names the event: it stays the same from its beginning to its end. */
  readonly key: string;
  /** Told anew when it rises. */
  readonly level: number;
  readonly severity: 'warning' | 'critical';
  /** Holds no address: it stands in the log as well. */
  readonly title: string;
  readonly detail: string;
  /** If it still lasts then, it is told again. */
  readonly quietUntilMs: number;
}

/** What this process knows at one moment. */
export interface Facts {
  readonly nowMs: number;
  /** As the ledger last said it; null before it has said anything. */
  readonly spending: Spending | null;
  readonly pace: Pace | null;
  readonly attempts: Tally;
  readonly newAccounts: number;
  /** Calls of the model since its last answer. */
  readonly model: { readonly failures: number; readonly cold: number; readonly firstMs: number };
  /** `refusals`: calls that any of the stores failed in the last half minute. */
  readonly store: { readonly downSinceMs: number | null; readonly refusals: number };
  /** When the model's key was made, where it is known. */
  readonly keySinceMs: number | null;
}

export interface Thresholds {
  readonly unauthorizedPer5Minutes: number;
  readonly newAccountsPerHour: number;
  /** At the pace of the last hour a day would cost so many times the dearest of the last week. */
  readonly spendSlope: number;
  readonly keyDays: number;
  readonly quietMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
const usd = (microUsd: number): string => `${(microUsd / 1e6).toFixed(2)} USD`;

/** Everything that is the matter by these facts, in the order in which somebody should read it. */
export const conditionsOf = (facts: Facts, thresholds: Thresholds): Condition[] =>
  [
    storeDown(facts, thresholds),
    modelDown(facts, thresholds),
    ...(facts.spending
      ? [
          capReached(facts.spending.day, facts.spending.worstMicroUsd, 'day'),
          capReached(facts.spending.month, facts.spending.worstMicroUsd, 'month'),
        ]
      : []),
    steepSpend(facts, thresholds),
    unauthorized(facts, thresholds),
    manyAccounts(facts, thresholds),
    oldKey(facts, thresholds),
  ].filter((each) => each !== null);

/** A cap that holds less than one run's worst case refuses every run: that is its end, though some cents are left. */
function capReached({ scope, window, settled, limit, resetsAtMs }: CapState, worst: number, period: string): Condition | null {
  const level = settled + worst > limit ? 100 : settled >= 0.8 * limit ? 80 : settled >= 0.5 * limit ? 50 : 0;
  if (level === 0) return null;
  const left = level === 100 ? 'Runs are refused' : 'Runs go on';
  return {
    key: `spend:${scope}:${window}`,
    level,
    severity: level === 50 ? 'warning' : 'critical',
    title: level === 100 ? `the cap of the ${period} is used up` : `${level} % of the cap of the ${period} is spent`,
    detail: `${usd(settled)} of ${usd(limit)}. ${left}; the cap is whole again at ${new Date(resetsAtMs).toISOString()}.`,
    quietUntilMs: resetsAtMs,
  };
}

const PACE_NEEDS_MS = 10 * MINUTE_MS;
const DAYS_NEEDED = 3;
/** Of the cap of a day: what is less than that hurts nobody, however steep it is. */
const STEEP_PART = 0.02;

function steepSpend({ nowMs, spending, pace }: Facts, { spendSlope, quietMs }: Thresholds): Condition | null {
  if (!spending || !pace || pace.ms < PACE_NEEDS_MS || pace.microUsd < STEEP_PART * spending.day.limit) return null;
  const days = spending.earlierDays.filter((microUsd) => microUsd > 0);
  const perDay = (pace.microUsd * DAY_MS) / pace.ms;
  const dearest = Math.max(...days);
  if (days.length < DAYS_NEEDED || perDay <= spendSlope * dearest) return null;
  return {
    key: 'spend:slope',
    level: 0,
    severity: 'warning',
    title: `spend is ${(perDay / dearest).toFixed(1)} times as steep as on the dearest of the last ${days.length} days`,
    detail:
      `${usd(pace.microUsd)} in ${Math.round(pace.ms / MINUTE_MS)} minutes, which is ${usd(perDay)} a day; ` +
      `that day cost ${usd(dearest)}. The cap of the day is ${usd(spending.day.limit)}.`,
    quietUntilMs: nowMs + quietMs,
  };
}

function unauthorized({ nowMs, attempts }: Facts, { unauthorizedPer5Minutes, quietMs }: Thresholds): Condition | null {
  if (attempts.refused < unauthorizedPer5Minutes) return null;
  const kinds = attempts.kinds.map(({ name, count }) => `${count} ${name}`).join(', ');
  const from = attempts.from.map(({ name, count }) => `${name} (${count})`).join(', ');
  return {
    key: 'unauthorized',
    level: 0,
    severity: 'warning',
    title: `${attempts.refused} unauthorized attempts in 5 minutes`,
    detail: `Kinds: ${kinds}. Most from: ${from}.`,
    quietUntilMs: nowMs + quietMs,
  };
}

function manyAccounts({ nowMs, newAccounts }: Facts, { newAccountsPerHour, quietMs }: Thresholds): Condition | null {
  if (newAccounts < newAccountsPerHour) return null;
  return {
    key: 'accounts',
    level: 0,
    severity: 'warning',
    title: `${newAccounts} new accounts in an hour`,
    detail: 'Accounts made in the last hour that have called. Each brings a budget of its own; the cap bounds them together.',
    quietUntilMs: nowMs + quietMs,
  };
}

const FAILURES = 5;
/** A model that was switched off for want of calls may take so long to start. */
const COLD_MS = 2 * MINUTE_MS;

function modelDown({ nowMs, model }: Facts, { quietMs }: Thresholds): Condition | null {
  const isCold = model.failures + model.cold >= FAILURES && nowMs - model.firstMs >= COLD_MS;
  if (model.failures < FAILURES && !isCold) return null;
  return {
    key: 'model',
    level: 0,
    severity: 'critical',
    title: 'the model does not answer',
    detail:
      `${model.failures + model.cold} calls in a row failed since ${new Date(model.firstMs).toISOString()}, ` +
      `${model.cold} of them because it is starting.`,
    quietUntilMs: nowMs + quietMs,
  };
}

const STORE_DOWN_MS = 5_000;
const STORE_REFUSALS = 5;

function storeDown({ nowMs, store }: Facts, { quietMs }: Thresholds): Condition | null {
  const isLedger = store.downSinceMs !== null && nowMs - store.downSinceMs >= STORE_DOWN_MS;
  if (!isLedger && store.refusals < STORE_REFUSALS) return null;
  return {
    key: 'store',
    level: 0,
    severity: 'critical',
    title: isLedger ? 'the ledger does not answer' : 'a store does not answer',
    detail: isLedger
      ? 'Whoever spends is refused; nothing is lost. Look at LEDGER_URL.'
      : `${store.refusals} calls were refused in half a minute, and the ledger answers: look at RATE_URL.`,
    quietUntilMs: nowMs + quietMs,
  };
}

const TOLD_BEFORE_DAYS = 14;

function oldKey({ nowMs, keySinceMs }: Facts, { keyDays }: Thresholds): Condition | null {
  if (keySinceMs === null) return null;
  const days = Math.floor((nowMs - keySinceMs) / DAY_MS);
  if (days < keyDays - TOLD_BEFORE_DAYS) return null;
  return {
    key: 'key',
    level: days >= keyDays ? 1 : 0,
    severity: 'warning',
    title: days >= keyDays ? 'the model’s key is too old' : 'the model’s key is to be replaced soon',
    detail: `ML_KEY was made ${days} days ago and is meant for ${keyDays}. Two may be open meanwhile: .env.example says how.`,
    quietUntilMs: nowMs + WEEK_MS,
  };
}
