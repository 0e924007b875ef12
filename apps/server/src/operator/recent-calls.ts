import type { ErrorCode, ObservedCall, Seen } from '@twohop/api';

const SLICE_MS = 10_000;
const SLICES = 60;
/** Neighbouring latencies that count as one: none is told more than a twentieth wrong. */
const STEP = 1.05;
/** What reads costs nothing and is quick: the console itself asks once a second. */
const NO_RUN = /^(?:account|admin|operator)\./;

interface Slice {
  readonly startMs: number;
  ok: number;
  readonly refused: Map<ErrorCode, number>;
  /** Runs that ended well, by the step that their latency is on. */
  readonly latencies: Map<number, number>;
}

export interface RecentCalls {
  readonly call: (call: Pick<ObservedCall, 'procedure' | 'code' | 'ms'>) => void;
  /** Before any procedure ran. */
  readonly refused: (code: ErrorCode) => void;
  readonly read: () => Pick<Seen, 'slices' | 'refusals'>;
}

/** Runs and refusals of the last ten minutes, in memory that does not grow with them. */
export function recentCalls(nowMs: () => number): RecentCalls {
  let slices: Slice[] = [];
  const current = (): Slice => {
    const startMs = Math.floor(nowMs() / SLICE_MS) * SLICE_MS;
    const latest = slices.at(-1);
    if (latest?.startMs === startMs) return latest;
    const slice: Slice = { startMs, ok: 0, refused: new Map(), latencies: new Map() };
    slices = [...kept(), slice];
    return slice;
  };
  const kept = () => slices.filter(({ startMs }) => startMs > nowMs() - SLICES * SLICE_MS);
  const refused = (code: ErrorCode) => add(current().refused, code);
  return {
    refused,
    call: ({ procedure, code, ms }) => {
      if (code !== 'ok') return refused(code);
      if (NO_RUN.test(procedure)) return;
      const slice = current();
      slice.ok += 1;
      add(slice.latencies, Math.round(Math.log(Math.max(1, ms)) / Math.log(STEP)));
    },
    read: () => {
      const refusals = new Map<ErrorCode, number>();
      for (const slice of kept()) for (const [code, count] of slice.refused) add(refusals, code, count);
      return {
        slices: kept().map(told),
        refusals: [...refusals].map(([code, count]) => ({ code, count })).toSorted((a, b) => b.count - a.count),
      };
    },
  };
}

function add<Key>(counts: Map<Key, number>, key: Key, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

const told = ({ startMs, ok, refused, latencies }: Slice): Seen['slices'][number] => ({
  at: new Date(startMs).toISOString(),
  ok,
  refused: [...refused.values()].reduce((sum, count) => sum + count, 0),
  p50Ms: quantile(latencies, 0.5),
  p95Ms: quantile(latencies, 0.95),
});

function quantile(latencies: ReadonlyMap<number, number>, part: number): number | null {
  const steps = [...latencies].toSorted(([a], [b]) => a - b);
  const total = steps.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [step, count] of steps) {
    seen += count;
    if (seen >= part * total) return Math.round(STEP ** step);
  }
  return null;
}
