import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Checkpointer, startCheckpointer } from './checkpoints.ts';
import { openDatabase } from './database.ts';

const LOG_PAGES = 100;

let folder: string;
let db: DatabaseSync;
let checkpointer: Checkpointer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twohop-log-'));
  db = openDatabase(join(folder, 'ledger.db'));
  // The writer leaves the log alone: what happens to it is the checkpointer's doing.
  db.exec('PRAGMA wal_autocheckpoint = 0');
  checkpointer = startCheckpointer(join(folder, 'ledger.db'), LOG_PAGES);
});
afterEach(async () => {
  await checkpointer.close();
  db.close();
  rmSync(folder, { recursive: true });
});

const log = () => db.prepare('PRAGMA wal_checkpoint(NOOP)').get() as { log: number; checkpointed: number };
const write = () => {
  try {
    db.exec(`INSERT INTO switches VALUES ('kill', 1) ON CONFLICT DO UPDATE SET "on" = 1 - "on"`);
  } catch (error) {
    // For the last few pages the writer is kept out, and asks again.
    if (!String(error).includes('locked')) throw error;
  }
};

it('a log under load is left alone until it is long, then moved and begun anew', async () => {
  let longest = 0;
  const deadlineMs = performance.now() + 10_000;
  while (log().log >= longest && performance.now() < deadlineMs) {
    longest = log().log;
    write();
    await turn();
  }
  expect(longest).toBeGreaterThanOrEqual(LOG_PAGES);
  expect(log().log).toBeLessThan(longest);
});

it('a log that nothing is added to is moved, however short', async () => {
  write();
  expect(log().checkpointed).toBeLessThan(log().log);
  await expect.poll(() => log().log - log().checkpointed, { timeout: 10_000 }).toBe(0);
});
