import type { Line } from './windows.ts';

/** What a window's row says at the moment of the decision. */
export interface Balance {
  readonly settled: number;
  readonly held: number;
}

/** A refusal names the limit and when it resets; nothing was held. */
export interface Denial {
  readonly code: Line['code'] | 'limit.concurrency' | 'limit.killed' | 'input.too_large';
  /** The scope or rule that refused, without the user's name: `user-day`, `concurrency`. */
  readonly limit: string;
  /** When asking again can help; null: asking again never helps, or nobody can say. */
  readonly resetsAtMs: number | null;
}

export interface Standing {
  readonly killed: boolean;
  readonly running: number;
  readonly concurrentRuns: number;
}

/**
 * THE decision about money: admitted entire or refused entire. Pure, and the same on every store; the adapter calls it
 * within the transaction that reads the balances and writes the holds.
 */
export function decide(standing: Standing, lines: readonly Line[], balanceOf: (line: Line) => Balance): Denial | null {
  if (standing.killed) return { code: 'limit.killed', limit: 'kill-switch', resetsAtMs: null };
  if (standing.running >= standing.concurrentRuns) return { code: 'limit.concurrency', limit: 'concurrency', resetsAtMs: null };
  for (const line of lines) {
    const limit = line.scope.split(':', 1)[0] ?? line.scope;
    if (line.code === 'limit.quota' && line.amount > line.limit) return { code: 'input.too_large', limit, resetsAtMs: null };
    const { settled, held } = balanceOf(line);
    if (settled + held + line.amount > line.limit) return { code: line.code, limit, resetsAtMs: line.resetsAtMs };
  }
  return null;
}

/**
 * Debt a new window starts with. A run may use more than its estimate; what stands above the limit is repaid by the
 * windows that follow, each absorbing one limit, also those in which nobody came.
 */
export const debt = (last: { settled: number; limit: number; window: number }, window: number): number =>
  Math.max(0, last.settled - last.limit * (window - last.window));

/** Timeouts that a user may cause in a day before they are charged: a model has its bad minutes. */
const FREE_TIMEOUTS = 3;

/** What a settlement charges to the user. `timeoutsToday` counts those before this one. */
export const userCharge = (settlement: { userUs: number; timeoutUs: number | null }, timeoutsToday: number): number =>
  settlement.timeoutUs !== null && timeoutsToday >= FREE_TIMEOUTS ? settlement.timeoutUs : settlement.userUs;

/** An export names so many of the latest runs: one that names all of a year's would keep the store from everybody else. */
export const EXPORTED_RUNS = 10_000;

/** A key is remembered this long; after it the same key is a new run. */
export const KEY_KEPT_MS = 86_400_000;

/** Of each kind of record so many are forgotten at a time: what a run that comes meanwhile does not notice. */
export const PRUNED_ROWS = 25;

/** Of the rows of a day so many are looked through for who spent most: the store has other work. */
export const SCANNED_ROWS = 20_000;

/** Behind every text that begins as a prefix does. */
export const AFTER_ALL = '\u{10ffff}';
