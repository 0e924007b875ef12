import type { DatabaseSync } from 'node:sqlite';
import type { DayUsage, Settlement } from '../../ports.ts';
import type { RunRow } from './runs-table.ts';

const DAY_MS = 86_400_000;

/** Rows of `usage`: what a user spent on a procedure in a day, and how often it timed out. */
export function usageTable(db: DatabaseSync) {
  const add = db.prepare(
    `INSERT INTO usage (owner, day, procedure, runs, timeouts, compute_us, user_us, micro_usd) VALUES (?, ?, ?, 1, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET runs = runs + 1, timeouts = timeouts + excluded.timeouts,
       compute_us = compute_us + excluded.compute_us, user_us = user_us + excluded.user_us, micro_usd = micro_usd + excluded.micro_usd`,
  );
  const timeouts = db.prepare('SELECT coalesce(sum(timeouts), 0) AS n FROM usage WHERE owner = ? AND day = ?');
  const all = db.prepare(
    `SELECT day, procedure, runs, compute_us AS computeUs, user_us AS userUs, micro_usd AS microUsd
     FROM usage WHERE owner = ? ORDER BY day, procedure`,
  );
  return {
    add: (run: RunRow, { computeUs, capMicroUsd, timeoutUs }: Settlement, userUs: number): void => {
      const day = Math.floor(run.created_ms / DAY_MS);
      add.run(run.owner, day, run.procedure, timeoutUs === null ? 0 : 1, computeUs, userUs, capMicroUsd);
    },
    timeoutsOf: (run: RunRow): number => (timeouts.get(run.owner, Math.floor(run.created_ms / DAY_MS)) as { n: number }).n,
    all: (owner: string) => all.all(owner) as unknown as DayUsage[],
  };
}
