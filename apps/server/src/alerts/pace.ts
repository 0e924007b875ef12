import type { CapState } from '@twohop/quota';

/** What was spent in so long, at most an hour. */
export interface Pace {
  readonly microUsd: number;
  readonly ms: number;
}

const HOUR_MS = 3_600_000;
const NOTED_EVERY_MS = 60_000;

/** How fast money is spent, by what stood in the ledger when it was last looked at. A new day starts anew. */
export function pace(): (day: Pick<CapState, 'window' | 'settled'>, nowMs: number) => Pace {
  let noted: { readonly atMs: number; readonly settled: number }[] = [];
  let window = -1;
  return (day, nowMs) => {
    if (day.window !== window) noted = [];
    window = day.window;
    noted = noted.filter(({ atMs }) => nowMs - atMs <= HOUR_MS);
    const latest = noted.at(-1);
    if (!latest || nowMs - latest.atMs >= NOTED_EVERY_MS) noted.push({ atMs: nowMs, settled: day.settled });
    const first = noted[0] ?? { atMs: nowMs, settled: day.settled };
    return { microUsd: Math.max(0, day.settled - first.settled), ms: nowMs - first.atMs };
  };
}
