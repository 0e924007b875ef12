import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batches, type WireCall } from '../../testing/batches.ts';
import { realServer, type RealServer } from '../../testing/real-server.ts';
import { postgresStore } from '../postgres.ts';
import { transaction } from '../sqlite/database.ts';
import { migrate } from '../sqlite/schema.ts';
import { storeOperations, type Wire } from '../sqlite/store.ts';

/**
 * The decision stands twice: in TypeScript for SQLite, in PL/pgSQL for PostgreSQL, and there a second time for what is done as
 * a set. Here random batches go through both, and whatever differs is a failure.
 */
const SCHEDULES = 300;
/** The same ones at each commit; another seed is worth a try by hand. */
const SEED = 20_261_126;

let postgres: RealServer;
let client: pg.Client;
beforeAll(async () => {
  postgres = await realServer('postgres');
  await (await postgresStore({ url: postgres.url, schema: 'mirror', deadlineMs: 10_000 })).close();
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query('set search_path = mirror; set synchronous_commit = off');
}, 60_000);
afterAll(async () => {
  await client.end();
  await postgres.stop();
}, 60_000);

const tables = {
  windows: `select kind, subject, "window", settled, held, "limit", resets_at_ms from windows order by 1, 2, 3`,
  runs: 'select run_id, owner, state, idempotency_key, compute_us, user_us, cap_micro_usd, lease_until_ms, size, wall_us, price_as_of from runs order by 1',
  usage: 'select owner, day, procedure, runs, timeouts, compute_us, user_us, micro_usd from usage order by 1, 2, 3',
  tombstones: `select person, kind, "window", settled, "limit", until_ms from tombstones order by 1, 2, 3`,
  claims: 'select name, holder, until_ms from claims order by 1',
  acts: 'select at_ms, admin, what, target, detail from acts order by 1, 3, 4, 5',
};

interface Followed {
  readonly results: readonly unknown[];
  readonly rows: Readonly<Record<string, unknown>>;
}

function throughSqlite(schedule: readonly WireCall[][]): Followed {
  const db = new DatabaseSync(':memory:');
  migrate(db);
  const perform = storeOperations(db);
  const results = schedule.map((calls) => transaction(db, 'IMMEDIATE', () => perform(calls as Wire[])));
  const rows = Object.fromEntries(Object.entries(tables).map(([name, query]) => [name, db.prepare(query).all()]));
  db.close();
  return { results, rows };
}

async function throughPostgres(schedule: readonly WireCall[][]): Promise<Followed> {
  await client.query('truncate windows, runs, usage, accounts, tombstones, switches, claims');
  // The table refuses to be emptied, unless its owner says that this is no change.
  await client.query('set session_replication_role = replica; truncate acts; set session_replication_role = default');
  const results: unknown[] = [];
  for (const calls of schedule) {
    const { rows } = await client.query<{ results: unknown }>('select batch($1, true) as results', [JSON.stringify(calls)]);
    results.push(rows[0]?.results);
  }
  const rows: Record<string, unknown> = {};
  for (const [name, query] of Object.entries(tables)) {
    const asked = query.replace('kind, subject', `kind_of(scope) as kind, substr(scope, length(kind_of(scope)) + 2) as subject`);
    const { rows: found } = await client.query<{ row: unknown }>(
      `select to_jsonb(found) as row from (${name === 'windows' ? asked : query}) found`,
    );
    rows[name] = found.map(({ row }) => row);
  }
  return { results, rows };
}

const plain = (followed: Followed): unknown => JSON.parse(JSON.stringify(followed));

it('every batch has the same results and leaves the same rows as in SQLite', { timeout: 120_000 }, async () => {
  const reached = new Map<string, number>();
  const same = fc.asyncProperty(batches, async (schedule) => {
    const [ours, theirs] = [throughSqlite(schedule), await throughPostgres(schedule)];
    for (const kind of JSON.stringify(ours.results).match(/"(held|settled|conflict|running|limit\.[a-z_]+|input\.too_large)"/g) ??
      [])
      reached.set(kind, (reached.get(kind) ?? 0) + 1);
    expect(plain(theirs)).toEqual(plain(ours));
  });
  await fc.assert(same, { numRuns: SCHEDULES, seed: SEED });
  const wanted = ['held', 'settled', 'conflict', 'running', 'input.too_large', 'limit.quota', 'limit.ip', 'limit.spend_cap'];
  const missed = [...wanted, 'limit.concurrency', 'limit.killed'].filter((kind) => !reached.has(`"${kind}"`));
  expect(missed, 'what the schedules must reach to show anything').toEqual([]);
});
