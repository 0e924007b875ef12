import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, it } from 'vitest';
import { StoreDown } from '../ports.ts';
import { accountsContract } from '../testing/accounts-contract.ts';
import { ledgerContract } from '../testing/ledger-contract.ts';
import { NOW_MS, request, used, userDay } from '../testing/requests.ts';
import { sqliteStore } from './sqlite.ts';
import { migrations } from './sqlite/schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'twohop-ledger-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${++files}`, 'ledger.db');

ledgerContract('sqlite', async () => {
  const path = newPath();
  return { ledger: await sqliteStore({ path, deadlineMs: 5_000 }), reopen: () => sqliteStore({ path, deadlineMs: 5_000 }) };
});

accountsContract('sqlite', () => sqliteStore({ path: newPath(), deadlineMs: 5_000 }));

it('refuses a file of a newer version', async () => {
  const path = newPath();
  await (await sqliteStore({ path })).close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  await expect(sqliteStore({ path })).rejects.toThrow(/schema 99; this version knows 4/);
});

it('brings a file of the first version to this one, with what is held and what was paid', async () => {
  const path = newPath();
  mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path);
  db.exec(`${migrations[0]}; PRAGMA user_version = 1;
    INSERT INTO windows VALUES ('iss|ann', 'user-day', 100, 4, 10, 100, ${NOW_MS + 1000});
    INSERT INTO runs VALUES
      ('b', 'iss|ann', 'p', 'key-b', 'hash', 'held', '[["user-day:iss|ann",100,0,10,100,"limit.quota",1]]', 9, 2, NULL, NULL, NULL),
      ('a', 'iss|ann', 'p', 'key-a', 'hash', 'settled', '[]', 9, 1, 4, 4, 4);`);
  db.close();
  const ledger = await sqliteStore({ path, deadlineMs: 5_000 });
  const again = request({ idempotencyKey: 'key-a', nowMs: 3, leaseUntilMs: 9 });
  expect(await ledger.reserve(again)).toEqual({ kind: 'settled', runId: 'a' });
  await ledger.settle(used('b', 7));
  expect((await ledger.usage(request({ lines: [userDay(100, 0)] }))).lines).toEqual([{ settled: 11, held: 0 }]);
  expect((await ledger.exportAccount('iss|ann')).runs).toMatchObject([
    { runId: 'a', capMicroUsd: 4, priceAsOf: null },
    { runId: 'b', userUs: 7, priceAsOf: '2026-01-01' },
  ]);
  await ledger.close();
});

it('two processes on one file admit no more than one would', async () => {
  const path = newPath();
  const handles = await Promise.all([1, 2, 3].map(() => sqliteStore({ path, deadlineMs: 5_000 })));
  const asked = handles.flatMap((handle) =>
    Array.from({ length: 20 }, () => handle.reserve(request({ lines: [userDay(70, 7)] }))),
  );
  const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'held')).toHaveLength(10);
  await Promise.all(handles.map((handle) => handle.close()));
});

it('fails closed within its deadline while another holds the lock, and gives back what was held too late', async () => {
  const path = newPath();
  const ledger = await sqliteStore({ path, deadlineMs: 100 });
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const asked = request({ lines: [userDay(100, 10)] });
  await expect(ledger.reserve(asked)).rejects.toThrow(/did not answer reserve within 100 ms/);
  other.exec('ROLLBACK');
  other.close();
  // What was held too late would leave no room for this one.
  const again = () => ledger.reserve(request({ lines: [userDay(10, 10)] }));
  await expect.poll(() => again().then(({ kind }) => kind, String)).toBe('held');
  expect((await ledger.usage(asked)).lines).toEqual([{ settled: 0, held: 10 }]);
  await ledger.close();
});

it('while another holds the lock, reads are answered, and after the first refusal the others come at once', async () => {
  const path = newPath();
  const ledger = await sqliteStore({ path, deadlineMs: 100 });
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  await expect(ledger.reserve(request())).rejects.toThrow(StoreDown);
  await expect(ledger.reserve(request())).rejects.toThrow('the ledger does not answer');
  expect(await ledger.isKilled()).toBe(false);
  expect((await ledger.usage(request())).lines[0]).toEqual({ settled: 0, held: 0 });
  other.close();
  await ledger.close();
});

it('settlements outlast a lock that refuses reserves, and none of them is lost', async () => {
  const path = newPath();
  const ledger = await sqliteStore({ path, deadlineMs: 300 });
  const runs = Array.from({ length: 30 }, () => request({ lines: [userDay(1_000, 10)] }));
  for (const run of runs) expect(await ledger.reserve(run)).toEqual({ kind: 'held' });
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const settling = runs.map(({ runId }) => ledger.settle(used(runId, 4)));
  await expect(ledger.reserve(request())).rejects.toThrow(StoreDown);
  other.exec('ROLLBACK');
  other.close();
  await Promise.all(settling);
  expect((await ledger.usage(runs[0] ?? request())).lines).toEqual([{ settled: 120, held: 0 }]);
  await ledger.close();
});

it('a call after the close is a store that is down', async () => {
  const ledger = await sqliteStore({ path: newPath() });
  await ledger.close();
  await expect(ledger.reserve(request())).rejects.toThrow(StoreDown);
});
