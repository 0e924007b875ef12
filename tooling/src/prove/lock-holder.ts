/** Takes SQLite's write lock with a change that it never commits, says so, and keeps it until it is ended. */
import { DatabaseSync } from 'node:sqlite';

const db = new DatabaseSync(process.argv[2] ?? '', { timeout: 10_000 });
db.exec('BEGIN IMMEDIATE; DELETE FROM runs');
console.log('locked');
setInterval(() => undefined, 1_000);
