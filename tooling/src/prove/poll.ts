const EVERY_MS = 20;

/** Looks until the condition holds. False when it didn't within the time. */
export async function holdsWithin(ms: number, condition: () => Promise<boolean> | boolean): Promise<boolean> {
  const endMs = performance.now() + ms;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() > endMs) return false;
    await pause(EVERY_MS);
  }
}

/** For a load that lasts, and for a client that waits before it tries again; never to wait for a condition. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
