import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StoreDown } from '../ports.ts';
import { accountsContract } from '../testing/accounts-contract.ts';
import { ledgerContract } from '../testing/ledger-contract.ts';
import { realServer, type RealServer } from '../testing/real-server.ts';
import { NOW_MS, request, used, userDay } from '../testing/requests.ts';
import { postgresStore } from './postgres.ts';
import { tables } from './postgres/tables.sql.ts';

let postgres: RealServer;
beforeAll(async () => {
  postgres = await realServer('postgres');
}, 60_000);
afterAll(() => postgres.stop());

let schemas = 0;
const newSchema = () => `ledger_${++schemas}`;
const open = (schema = newSchema()) => postgresStore({ url: postgres.url, schema, deadlineMs: 5_000 });

ledgerContract('postgres', async () => {
  const schema = newSchema();
  return { ledger: await open(schema), reopen: () => open(schema) };
});

accountsContract('postgres', () => open());

it('refuses a schema of a newer version', async () => {
  const schema = newSchema();
  await (await open(schema)).close();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`update ${schema}.schema_version set version = 99`);
  await client.end();
  await expect(open(schema)).rejects.toThrow(/schema 99; this version knows 4/);
});

it('brings a schema of the first version to this one, with what is held', async () => {
  const schema = newSchema();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`create schema ${schema}; set search_path = ${schema};
    create table schema_version (version int not null); insert into schema_version values (1); ${tables}
    create type request as (run_id text); create function reserve(asked jsonb) returns jsonb language sql as 'select asked';
    insert into windows values ('user-day:iss|ann', 100, 4, 10, 100, ${NOW_MS + 1000});
    insert into runs values ('a', 'iss|ann', 'p', 'key-a', 'hash', 'held',
      array[row('user-day:iss|ann', 100, false, 10, 100, 'limit.quota', 1)::budget_line], 9, 2);`);
  await client.end();
  const store = await open(schema);
  await store.settle(used('a', 7));
  const next = request({ size: 300 });
  expect(await store.reserve(next)).toEqual({ kind: 'held' });
  await store.settle({ ...used(next.runId, 5), wallUs: 9 });
  expect((await store.usage(request({ lines: [userDay(100, 0)] }))).lines).toEqual([{ settled: 16, held: 0 }]);
  expect(await store.samples(10)).toEqual([{ procedure: next.procedure, size: 300, computeUs: 5, wallUs: 9 }]);
  await store.close();
});

it('brings a schema that has the functions of before to this one', async () => {
  const schema = newSchema();
  await (await open(schema)).close();
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const later = `drop table claims, acts; drop function refuse_change; drop index usage_by_day; update schema_version set version = 2`;
  await client.query(`set search_path = ${schema}; ${later}`);
  await client.end();
  const store = await open(schema);
  const next = request();
  expect(await store.reserve(next)).toEqual({ kind: 'held' });
  expect(await store.claim({ name: 'once', holder: 'a', nowMs: 1, untilMs: 2 })).toBe(true);
  await store.close();
});

it('refuses a name of a schema that would have to be quoted', async () => {
  await expect(open('a"; drop schema public')).rejects.toThrow('schema: must be a plain lower-case name');
});

it('three stores that start at once on one database admit no more than one would', async () => {
  const schema = newSchema();
  const stores = await Promise.all([1, 2, 3].map(() => open(schema)));
  const asked = stores.flatMap((store) => Array.from({ length: 40 }, () => store.reserve(request({ lines: [userDay(140, 7)] }))));
  const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'held')).toHaveLength(20);
  await Promise.all(stores.map((store) => store.close()));
});

it('a call that cannot be done fails alone among those of its batch', async () => {
  const store = await open();
  const first = request();
  await store.reserve(first);
  const [settled, broken, ...held] = await Promise.allSettled([
    store.settle(used(first.runId, 4)),
    store.settle(used('\u0000', 4)),
    ...Array.from({ length: 5 }, () => store.reserve(request())),
  ]);
  expect(settled).toMatchObject({ status: 'fulfilled', value: { computeUs: 4 } });
  expect(broken).toMatchObject({ status: 'rejected', reason: { message: 'unsupported Unicode escape sequence' } });
  expect(held.map((each) => each.status === 'fulfilled' && each.value)).toEqual(held.map(() => ({ kind: 'held' })));
  await store.close();
});

it('calls with one key at the same time hold once', async () => {
  const store = await open();
  const same = Array.from({ length: 20 }, () => store.reserve(request({ idempotencyKey: 'one', lines: [userDay(100, 10)] })));
  const kinds = (await Promise.all(same)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'held')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'running')).toHaveLength(19);
  await store.close();
});

it('a call after the close is a store that is down', async () => {
  const store = await open();
  await store.close();
  await expect(store.reserve(request())).rejects.toThrow(StoreDown);
});

it('does not start on a database that is not there', async () => {
  await expect(postgresStore({ url: 'postgres://nobody:secret@127.0.0.1:1/none' })).rejects.toThrow(/ECONNREFUSED/);
});
