import { recentUse } from './recent-use.ts';

/** Keeps some room from whoever had more of it than most, while others are turned away. */
export interface KeptRoom {
  took(owner: string): void;
  /** How often, of late. */
  had(owner: string): number;
  /** Whether that owner may have one of so many places that are free. */
  isOpen(owner: string, free: number): boolean;
  turnedAway(owner: string): void;
}

/** So long after somebody was turned away who had no more than most. */
const PRESSED_MS = 10_000;
/** And only while such callers come at all: for nobody a place would stay empty. */
const ABSENT_MS = 2_000;
/** This part of the places is kept. With a quarter, who asks without end takes a twelfth of others' runs before a model of four. */
const KEPT_SHARE = 0.5;

export function keptRoom(limit: () => number, nowMs: () => number): KeptRoom {
  const recent = recentUse(nowMs);
  let pressedUntilMs = -Infinity;
  let modest = { owner: '', atMs: -Infinity };
  // By chance alone half of all have more than the mean; one in forty has more than two standard deviations more.
  const isGreedy = (owner: string): boolean => recent.of(owner) > recent.mean() + 2 * Math.sqrt(recent.mean());
  return {
    took: recent.took,
    had: recent.of,
    isOpen: (owner, free) => {
      const isModest = !isGreedy(owner);
      if (isModest) modest = { owner, atMs: nowMs() };
      if (free < 1) return false;
      const isKept = nowMs() < pressedUntilMs && nowMs() - modest.atMs < ABSENT_MS && modest.owner !== owner;
      return isModest || !isKept || free > Math.ceil(KEPT_SHARE * limit());
    },
    turnedAway: (owner) => {
      if (!isGreedy(owner)) pressedUntilMs = nowMs() + PRESSED_MS;
    },
  };
}
