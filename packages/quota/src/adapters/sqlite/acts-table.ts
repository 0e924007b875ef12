import type { DatabaseSync } from 'node:sqlite';
import type { Act } from '../../ports.ts';

/** Rows of `acts`: what admins did, in the order in which they did it. */
export function actsTable(db: DatabaseSync) {
  const add = db.prepare('INSERT INTO acts (at_ms, admin, what, target, detail) VALUES (?, ?, ?, ?, ?)');
  const latest = db.prepare('SELECT at_ms AS atMs, admin AS by, what, target, detail FROM acts ORDER BY rowid DESC LIMIT ?');
  return {
    add: ({ atMs, by, what, target, detail }: Act): void => void add.run(atMs, by, what, target, detail),
    latest: (count: number) => latest.all(count) as unknown as Act[],
  };
}
