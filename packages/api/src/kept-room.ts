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
/** This part of the places is kept, and at least one. */
const KEPT_SHARE = 0.25;

export function keptRoom(limit: () => number, nowMs: () => number): KeptRoom {
  const recent = recentUse(nowMs);
  let pressedUntilMs = -Infinity;
  const isGreedy = (owner: string): boolean => recent.of(owner) > recent.mean();
  return {
    took: recent.took,
    had: recent.of,
    isOpen: (owner, free) => {
      if (free < 1) return false;
      return nowMs() >= pressedUntilMs || free > Math.max(1, KEPT_SHARE * limit()) || !isGreedy(owner);
    },
    turnedAway: (owner) => {
      if (!isGreedy(owner)) pressedUntilMs = nowMs() + PRESSED_MS;
    },
  };
}
