import { postgresStore } from '@twohop/quota/postgres';
import pg from 'pg';
import { type RealPostgres, startPostgres } from '../postgres.ts';
import type { Outage } from './outages.ts';
import type { FreshStore, ProofStore } from './proof-store.ts';

const LOOK_DEADLINE_MS = 10_000;

const none = async (): Promise<null> => null;

/** All of its processes are stopped: connections stand, and nothing answers. */
const stopped = (server: RealPostgres): Outage => ({
  name: 'PostgreSQL stopped by SIGSTOP',
  missing: none,
  begin: async () => {
    await server.signal('SIGSTOP');
    return () => server.signal('SIGCONT');
  },
});

/** All of its processes are killed, in the middle of whatever they write. */
const killed = (server: RealPostgres): Outage => ({
  name: 'PostgreSQL killed',
  missing: none,
  begin: async () => {
    await server.kill();
    return () => server.start();
  },
});

/** One real PostgreSQL, and a database of its own for each fresh store. */
export async function postgresProofStore(): Promise<ProofStore> {
  const server = await startPostgres();
  let databases = 0;
  return {
    name: 'postgres',
    outages: [stopped(server), killed(server)],
    stopped: stopped(server),
    killed: killed(server),
    fresh: async () => {
      const name = `proof_${++databases}`;
      await query(server.url, `CREATE DATABASE ${name}`);
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return postgresAt(url.href);
    },
    stop: () => server.stop(),
  };
}

const postgresAt = (url: string): FreshStore => ({
  url,
  open: () => postgresStore({ url, deadlineMs: LOOK_DEADLINE_MS }),
  texts: async () => {
    const tables = await query(
      url,
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const rows = await Promise.all(
      tables.map(({ name }) => query(url, `SELECT row_to_json(t)::text AS row FROM ${String(name)} t`)),
    );
    return rows.flat().map(({ row }) => String(row));
  },
});

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
