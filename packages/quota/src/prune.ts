import type { Accounts, Clock } from './ports.ts';

/** A little at a time, so that no reserve waits for it: some rows each time, and a rest when nothing is left. */
const EVERY_MS = 25;
const REST_MS = 60_000;

export interface PruneOptions {
  readonly clock: Clock;
  /** How long the record of a run that has ended is kept. */
  readonly keepMs: number;
}

/** Forgets what is older than its retention, for as long as the process lives or until the returned function is called. */
export function pruneOld(store: Pick<Accounts, 'prune'>, { clock, keepMs }: PruneOptions): () => void {
  let restUntilMs = 0;
  let running = false;
  const rest = () => {
    restUntilMs = clock.nowMs() + REST_MS;
  };
  return clock.every(EVERY_MS, () => {
    if (running || clock.nowMs() < restUntilMs) return;
    running = true;
    const pruning = store.prune(clock.nowMs() - keepMs).then((rows) => rows === 0 && rest(), rest);
    void pruning.finally(() => {
      running = false;
    });
  });
}
