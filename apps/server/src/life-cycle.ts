import { setTimeout as pause } from 'node:timers/promises';

/** Calls in flight get this long to end, after a balancer has had the time to look elsewhere. */
const GRACE_MS = 25_000;

export interface LifeCycle {
  /** True from the first signal on. */
  draining(): boolean;
  /** Once everything has started. `close` takes no more connections, and resolves when the last call has been answered. */
  endBySignal(close: () => Promise<void>): void;
}

/**
 * SIGTERM: first it only says that it is not ready and serves on, so that nobody is refused who has not been told; then it
 * takes no more connections, lets calls in flight end, and exits with 0, or with 1 when they take longer than the grace.
 * SIGINT, a person at the terminal, skips the first part; a second signal ends it at once.
 *
 * @param drainMs how long a balancer may take to see that this process is no longer ready
 */
export function lifeCycle(drainMs: number): LifeCycle {
  let draining = false;
  const end = async (waitMs: number, close: () => Promise<void>): Promise<void> => {
    if (draining) process.exit(1);
    draining = true;
    await pause(waitMs);
    setTimeout(() => process.exit(1), GRACE_MS);
    await close();
    process.exit(0);
  };
  return {
    draining: () => draining,
    endBySignal: (close) => {
      process.on('SIGTERM', () => void end(drainMs, close));
      process.on('SIGINT', () => void end(0, close));
    },
  };
}
