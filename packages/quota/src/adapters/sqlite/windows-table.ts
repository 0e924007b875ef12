import type { DatabaseSync } from 'node:sqlite';
import { type Balance, debt } from '../../decide.ts';
import type { Line } from '../../windows.ts';

interface Row {
  readonly settled: number;
  readonly held: number;
  readonly limit: number;
}

/** What an ended window, or a deleted account's, leaves to the windows after it. */
interface Ended {
  readonly settled: number;
  readonly limit: number;
  readonly window: number;
}

/** A row as it will be written at the end of the transaction. */
interface Entry {
  readonly line: Line;
  readonly window: number;
  settled: number;
  held: number;
  limit: number;
  isThere: boolean;
  isChanged: boolean;
}

/**
 * Rows of `windows`: what is settled and held of each budget. A window that has no row yet starts with the debt of the last
 * one, and with what the same person used under an account that was deleted. Within a transaction each row is read once and
 * written once: every run of a batch moves the rows of the cap.
 */
export function windowsTable(db: DatabaseSync) {
  const { read, write, last, tombstone } = statements(db);
  const entries = entriesRead();
  const known = (line: Line): Entry | undefined => {
    const entry = entries.at(line);
    if (entry) return entry;
    const row = read(line);
    return row && entries.keep({ line, window: line.window, ...row, isThere: true, isChanged: false });
  };
  const opening = (line: Line, person: string | null): number => {
    const before = entries.lastBefore(line, last(line));
    const buried = line.code === 'limit.quota' && person !== null ? tombstone(person, line) : undefined;
    // A window of this account that is not older than the deleted one's has opened with what that had used.
    const isCounted = buried !== undefined && before !== undefined && before.window >= buried.window;
    return (before ? debt(before, line.window) : 0) + (buried && !isCounted ? carried(buried, line.window) : 0);
  };
  const opened = (line: Line, person: string | null): Entry => {
    const { window, limit } = line;
    return entries.keep({ line, window, limit, settled: opening(line, person), held: 0, isThere: false, isChanged: true });
  };
  return {
    balanceOf: (line: Line, person: string | null): Balance => known(line) ?? { settled: opening(line, person), held: 0 },
    hold: (line: Line, person: string | null): void => {
      const entry = known(line) ?? opened(line, person);
      entry.held += line.amount;
      entry.limit = line.limit;
      entry.isChanged = true;
    },
    /** What is moved was held before: a window that was deleted meanwhile takes nothing in. */
    move: (line: Line, by: { held: number; settled: number }): void => {
      const entry = known(line);
      if (!entry) return;
      entry.held += by.held;
      entry.settled += by.settled;
      entry.isChanged = true;
    },
    /** Writes what has changed, and forgets what was read. */
    flush: (): void => {
      entries.changed(write);
      entries.clear();
    },
    forget: entries.clear,
  };
}

/** The rows that this transaction has read or opened, by scope. */
function entriesRead() {
  let scopes = new Map<string, Entry[]>();
  return {
    at: ({ scope, window }: Line): Entry | undefined => scopes.get(scope)?.find((entry) => entry.window === window),
    keep: (entry: Entry): Entry => {
      const others = scopes.get(entry.line.scope);
      if (others) others.push(entry);
      else scopes.set(entry.line.scope, [entry]);
      return entry;
    },
    /** The latest window before this one: what was read of it, or what is written. */
    lastBefore: ({ scope, window }: Line, written: Ended | undefined): Ended | undefined =>
      (scopes.get(scope) ?? []).reduce<Ended | undefined>(
        (last, entry) => (entry.window < window && entry.window >= (last?.window ?? 0) ? entry : last),
        written,
      ),
    changed: (write: (entry: Entry) => void): void => {
      for (const scoped of scopes.values()) for (const entry of scoped) if (entry.isChanged) write(entry);
    },
    /** Another map: a cleared one's old table, once it has grown old, keeps each later one with all entries until a full collection. */
    clear: (): void => {
      scopes = new Map();
    },
  };
}

function statements(db: DatabaseSync) {
  const read = db.prepare('SELECT settled, held, "limit" FROM windows WHERE subject = ? AND kind = ? AND window = ?');
  const insert = db.prepare(
    'INSERT INTO windows (subject, kind, window, settled, held, "limit", resets_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare(
    'UPDATE windows SET settled = ?, held = ?, "limit" = ? WHERE subject = ? AND kind = ? AND window = ?',
  );
  const last = db.prepare(
    'SELECT settled, "limit", window FROM windows WHERE subject = ? AND kind = ? AND window < ? ORDER BY window DESC LIMIT 1',
  );
  const tombstone = db.prepare(
    'SELECT settled, "limit", window FROM tombstones WHERE person = ? AND kind = ? AND window <= ? ORDER BY window DESC LIMIT 1',
  );
  return {
    read: ({ scope, window }: Line) => read.get(subjectOf(scope), kindOf(scope), window) as Row | undefined,
    last: ({ scope, window }: Line) => last.get(subjectOf(scope), kindOf(scope), window) as Ended | undefined,
    tombstone: (person: string, { scope, window }: Line) => tombstone.get(person, kindOf(scope), window) as Ended | undefined,
    write: ({ line: { scope, window, resetsAtMs }, settled, held, limit, isThere }: Entry): void => {
      const [subject, kind] = [subjectOf(scope), kindOf(scope)];
      if (isThere) update.run(settled, held, limit, subject, kind, window);
      else insert.run(subject, kind, window, settled, held, limit, resetsAtMs);
    },
  };
}

/** `user-day` of `user-day:<owner>`. */
const kindOf = (scope: string): string => {
  const colon = scope.indexOf(':');
  return colon === -1 ? scope : scope.slice(0, colon);
};

/** `<owner>` of `user-day:<owner>`; empty for what is the project's. The budgets of one owner stand side by side. */
const subjectOf = (scope: string): string => {
  const colon = scope.indexOf(':');
  return colon === -1 ? '' : scope.slice(colon + 1);
};

/** What of an ended account's window still counts: all of it in the same window, its debt in later ones. */
const carried = (ended: Ended, window: number): number => (ended.window === window ? ended.settled : debt(ended, window));
