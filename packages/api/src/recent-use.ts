/** Who was let in how often, of late. */
export interface RecentUse {
  took(owner: string): void;
  /** How often, in the last ten to twenty seconds. */
  of(owner: string): number;
  /** Of all who were let in at all. */
  mean(): number;
}

const HALF_MS = 10_000;

/** Counts of the current ten seconds and of those before: what is older is forgotten, so memory has a bound too. */
export function recentUse(nowMs: () => number): RecentUse {
  let current = new Map<string, number>();
  let previous = new Map<string, number>();
  let turnsAtMs = nowMs() + HALF_MS;
  let total = { current: 0, previous: 0 };
  const turn = () => {
    const lateMs = nowMs() - turnsAtMs;
    if (lateMs < 0) return;
    const isRecent = lateMs < HALF_MS;
    previous = isRecent ? current : new Map<string, number>();
    total = { current: 0, previous: isRecent ? total.current : 0 };
    current = new Map<string, number>();
    turnsAtMs = nowMs() + HALF_MS;
  };
  const of = (owner: string) => (current.get(owner) ?? 0) + (previous.get(owner) ?? 0);
  return {
    took: (owner) => {
      turn();
      current.set(owner, (current.get(owner) ?? 0) + 1);
      total.current += 1;
    },
    of: (owner) => {
      turn();
      return of(owner);
    },
    mean: () => {
      turn();
      // Whoever is in one of them alone is left out, so the mean is never too low.
      return (total.current + total.previous) / Math.max(1, current.size, previous.size);
    },
  };
}
