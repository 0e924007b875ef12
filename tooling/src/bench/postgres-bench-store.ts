import { postgresStore } from '@twohop/quota/postgres';
import { execa } from 'execa';
import pg from 'pg';
import { startPostgres } from '../postgres.ts';
import type { BenchStore } from './bench-store.ts';
import { drive } from './drive.ts';
import type { Result } from './figures.ts';

const DEADLINE_MS = 30_000;
const CLIENTS = 64;
/** pgbench's own unit: 100 000 accounts each. With fewer scales than clients its rows are fought over. */
const SCALE = 64;

/** A real PostgreSQL, and pgbench's simple update on it. */
export async function postgresBenchStore(): Promise<BenchStore> {
  const server = await startPostgres();
  let databases = 0;
  const newDatabase = async (): Promise<string> => {
    const name = `bench_${++databases}`;
    await withClient(server.url, (client) => client.query(`CREATE DATABASE ${name}`));
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    name: 'postgres',
    open: async () => postgresStore({ url: await newDatabase(), deadlineMs: DEADLINE_MS }),
    bare: async (ms) => {
      const url = await newDatabase();
      return [(await pgbench(url, ms)) ?? (await simpleUpdate(url, ms))];
    },
    stop: () => server.stop(),
  };
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}

/** Undefined when the machine has no pgbench. */
async function pgbench(url: string, ms: number): Promise<Result | undefined> {
  const made = await execa('pgbench', ['-i', '-q', '-s', String(SCALE), url], { reject: false });
  if (made.failed) return undefined;
  const seconds = String(Math.max(1, Math.round(ms / 1000)));
  const args = ['-N', '-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', seconds, url];
  const { stdout } = await execa('pgbench', args);
  const perSecond = Math.round(Number(/tps = ([\d.]+)/.exec(stdout)?.[1]));
  // pgbench tells the mean: its median and p99 would need a log of every transaction.
  const meanMs = Number(/latency average = ([\d.]+) ms/.exec(stdout)?.[1]);
  return { name: 'postgres bare transaction (pgbench -N)', concurrency: CLIENTS, perSecond, p50Ms: meanMs, p99Ms: meanMs };
}

const ACCOUNTS = 1_000_000;

/** The same transaction by the driver that the ledger uses. */
async function simpleUpdate(url: string, ms: number): Promise<Result> {
  await withClient(url, (client) =>
    client.query(`CREATE TABLE accounts (aid int PRIMARY KEY, abalance int NOT NULL);
      CREATE TABLE history (aid int, delta int, mtime timestamptz);
      INSERT INTO accounts SELECT id, 0 FROM generate_series(0, ${ACCOUNTS - 1}) id`),
  );
  const pool = new pg.Pool({ connectionString: url, max: CLIENTS });
  const update = async (): Promise<void> => {
    const client = await pool.connect();
    const aid = Math.floor(Math.random() * ACCOUNTS);
    await client.query('BEGIN');
    await client.query('UPDATE accounts SET abalance = abalance + 1 WHERE aid = $1', [aid]);
    await client.query('SELECT abalance FROM accounts WHERE aid = $1', [aid]);
    await client.query('INSERT INTO history VALUES ($1, 1, now())', [aid]);
    await client.query('COMMIT');
    client.release();
  };
  const name = 'postgres bare transaction (simple update)';
  return drive({ name, concurrency: CLIENTS, ms, operation: update }).finally(() => pool.end());
}
