/**
 * `node dist/backup.js <ledger.db> <copy.db>`: a whole copy of the ledger while the server runs. The copy is one file, without the
 * log that lies beside a ledger in use, and it is checked before this says that it is done.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { backup, DatabaseSync } from 'node:sqlite';

async function copyLedger(from: string, to: string): Promise<void> {
  if (!existsSync(from)) throw new Error(`There is no ledger at ${from}.`);
  const draft = `${to}.part`;
  await rm(draft, { force: true });
  const ledger = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(ledger, draft);
  } finally {
    ledger.close();
  }
  const copy = new DatabaseSync(draft);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
    const [verdict] = copy.prepare('PRAGMA integrity_check').all();
    if (verdict?.['integrity_check'] !== 'ok') throw new Error(`The copy is not whole: ${JSON.stringify(verdict)}`);
  } finally {
    copy.close();
  }
  // Whoever finds the copy finds all of it.
  await rename(draft, to);
}

const [from, to, ...more] = process.argv.slice(2);
try {
  if (!from || !to || more.length > 0) throw new Error('Usage: node backup.js <ledger.db> <copy.db>');
  await copyLedger(from, to);
} catch (error) {
  process.stderr.write(`backup: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
