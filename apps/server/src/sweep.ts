import type { Log } from '@twohop/api';
import type { Clock, Ledger } from '@twohop/quota';

/** How often ended leases are looked for; a dead process's holds outlive their lease by at most this. */
const EVERY_MS = 1_000;
/** A ledger that stays down is told again after so long. */
const TELL_EVERY_MS = 30_000;

/**
 * Ends leases that ran out, for as long as the process lives or until the returned function is called. It also meets every outage
 * of the ledger, and tells the log: at its start, every thirty seconds, and at its end.
 */
export function sweepLeases(ledger: Pick<Ledger, 'expire'>, { clock, log }: { clock: Clock; log: Log }): () => void {
  let sinceMs: number | null = null;
  let toldMs = Number.NEGATIVE_INFINITY;
  let sweeping = false;
  const ended = (runs: number) => {
    if (sinceMs !== null) log.warn({ downMs: clock.nowMs() - sinceMs }, 'the ledger answers again');
    sinceMs = null;
    if (runs > 0) log.warn({ runs }, 'leases ended without a settlement; the cap keeps their worst case');
  };
  const down = (error: unknown) => {
    const nowMs = clock.nowMs();
    sinceMs ??= nowMs;
    if (nowMs - toldMs < TELL_EVERY_MS) return;
    toldMs = nowMs;
    const reason = error instanceof Error ? error.message : String(error);
    log.error({ reason }, 'the ledger is down: whatever spends is refused');
  };
  return clock.every(EVERY_MS, () => {
    if (sweeping) return;
    sweeping = true;
    void ledger
      .expire(clock.nowMs())
      .then(ended, down)
      .finally(() => {
        sweeping = false;
      });
  });
}
