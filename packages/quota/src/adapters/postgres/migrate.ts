import type { Client } from 'pg';
import { accounts } from './accounts.sql.ts';
import { batch } from './batch.sql.ts';
import { groups } from './groups.sql.ts';
import { runs } from './runs.sql.ts';
import { acts, claims, facts, tables } from './tables.sql.ts';
import { users } from './users.sql.ts';
import { windows } from './windows.sql.ts';

/** Forward only. A migration, once released, is never edited: the next one is added below it. */
const migrations = [tables, facts, claims, acts];
/** Made anew after every migration: functions belong to the code, and only tables have a past. */
const functions = [windows, runs, groups, accounts, users, batch].join('\n');

/**
 * Brings the schema to this code's, under the lock that every batch takes too: instances that start at once do it once.
 *
 * @throws Error when it was written by a newer version: running on it could lose money.
 */
export async function migrate(client: Client, schema: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`select pg_advisory_xact_lock(hashtextextended('twohop ledger ' || $1, 0))`, [schema]);
    const found = await versionOf(client, schema);
    if (found > migrations.length) {
      throw new Error(`The ledger has schema ${found}; this version knows ${migrations.length}. Start the newer version.`);
    }
    if (found < migrations.length) {
      await client.query(`set local search_path = ${schema}`);
      for (const migration of migrations.slice(found)) await client.query(migration);
      await client.query(functions);
      await client.query('update schema_version set version = $1', [migrations.length]);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function versionOf(client: Client, schema: string): Promise<number> {
  const { rows } = await client.query<{ there: boolean; made: boolean }>(
    `select to_regnamespace($1) is not null as there, to_regclass($1 || '.schema_version') is not null as made`,
    [schema],
  );
  // Whoever may not make schemas gets one from their administrator.
  if (!rows[0]?.there) await client.query(`create schema ${schema}`);
  if (!rows[0]?.made) {
    await client.query(`create table ${schema}.schema_version (version int not null)`);
    await client.query(`insert into ${schema}.schema_version values (0)`);
  }
  const { rows: versions } = await client.query<{ version: number }>(`select version from ${schema}.schema_version`);
  return versions[0]?.version ?? 0;
}
