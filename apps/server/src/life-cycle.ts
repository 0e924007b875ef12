import { setTimeout as pause } from 'node:timers/promises';

/** So long before the end whoever is still being served is told: the model gets the time to say what ran, the ledger to settle it. */
const TOLD_BEFORE_MS = 5_000;

export interface LifeCycle {
  /** True from the first signal on. */
  draining(): boolean;
  /** Aborts when the calls in flight have had most of their time. */
  readonly ending: AbortSignal;
  /** Once everything has started. `close` takes no more connections, and resolves when the last call has been answered. */
  endBySignal(close: () => Promise<void>): void;
}

export interface LifeCycleOptions {
  /** How long a balancer may take to see that this process is no longer ready. */
  readonly drainMs: number;
  /** How long calls in flight then get to end. */
  readonly graceMs: number;
}

/**
 * SIGTERM: first it only says that it is not ready and serves on, so that nobody is refused who has not been told; then it
 * takes no more connections, lets calls in flight end, tells those that would take longer than the grace, and exits with 0, or
 * with 1 when one takes longer even so. SIGINT, a person at the terminal, skips the first part; a second signal ends it at once.
 */
export function lifeCycle({ drainMs, graceMs }: LifeCycleOptions): LifeCycle {
  const ending = new AbortController();
  let draining = false;
  const end = async (waitMs: number, close: () => Promise<void>): Promise<void> => {
    if (draining) process.exit(1);
    draining = true;
    await pause(waitMs);
    setTimeout(() => ending.abort(), Math.max(graceMs / 2, graceMs - TOLD_BEFORE_MS));
    setTimeout(() => process.exit(1), graceMs);
    await close();
    process.exit(0);
  };
  return {
    draining: () => draining,
    ending: ending.signal,
    endBySignal: (close) => {
      process.on('SIGTERM', () => void end(drainMs, close));
      process.on('SIGINT', () => void end(0, close));
    },
  };
}
