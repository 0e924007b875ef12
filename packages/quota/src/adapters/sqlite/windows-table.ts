import type { DatabaseSync } from 'node:sqlite';
import { type Balance, debt } from '../../decide.ts';
import type { Line } from '../../windows.ts';

interface Ended {
  readonly settled: number;
  readonly limit: number;
  readonly window: number;
}

/**
 * Rows of `windows`: what is settled and held of each budget. A window that has no row yet starts with the debt of the
 * last one, and with what the same person used under an account that was deleted.
 */
export function windowsTable(db: DatabaseSync) {
  const read = db.prepare('SELECT settled, held FROM windows WHERE scope = ? AND window = ?');
  const last = db.prepare(
    'SELECT settled, "limit", window FROM windows WHERE scope = ? AND window < ? ORDER BY window DESC LIMIT 1',
  );
  const tombstone = db.prepare(
    'SELECT settled, "limit", window FROM tombstones WHERE person = ? AND kind = ? AND window <= ? ORDER BY window DESC LIMIT 1',
  );
  const hold = db.prepare(
    `INSERT INTO windows (scope, window, settled, held, "limit", resets_at_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET held = held + excluded.held, "limit" = excluded."limit"`,
  );
  const move = db.prepare('UPDATE windows SET held = held + ?, settled = settled + ? WHERE scope = ? AND window = ?');
  const opening = ({ scope, window, code }: Line, person: string | null): number => {
    const before = last.get(scope, window) as Ended | undefined;
    const buried =
      code === 'limit.quota' && person !== null ? (tombstone.get(person, kindOf(scope), window) as Ended | undefined) : undefined;
    return (before ? debt(before, window) : 0) + (buried ? carried(buried, window) : 0);
  };
  const balanceOf = (line: Line, person: string | null): Balance =>
    (read.get(line.scope, line.window) as Balance | undefined) ?? { settled: opening(line, person), held: 0 };
  return {
    balanceOf,
    hold: (line: Line, person: string | null): void => {
      const { settled } = balanceOf(line, person);
      hold.run(line.scope, line.window, settled, line.amount, line.limit, line.resetsAtMs);
    },
    move: (line: Line, by: { held: number; settled: number }): void =>
      void move.run(by.held, by.settled, line.scope, line.window),
  };
}

/** `user-day` of `user-day:<owner>`. */
export const kindOf = (scope: string): string => scope.split(':', 1)[0] ?? scope;

/** What of an ended account's window still counts: all of it in the same window, its debt in later ones. */
const carried = (ended: Ended, window: number): number => (ended.window === window ? ended.settled : debt(ended, window));
