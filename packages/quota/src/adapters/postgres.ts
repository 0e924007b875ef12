import pg from 'pg';
import type { Store } from '../ports.ts';
import { laneStore } from './lane-store.ts';
import { type Lane, openLane } from './lane.ts';
import { migrate } from './postgres/migrate.ts';
import { type PostgresTransport, postgresTransport } from './postgres/transport.ts';

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with the parameters of libpq (`sslmode`, …). */
  readonly url: string;
  /** A run is refused after this long, whatever the database does. */
  readonly deadlineMs?: number;
  /** Where its tables and functions are; made when missing. */
  readonly schema?: string;
}

const CONNECT_MS = 5_000;

/**
 * The store of several machines. What changes money goes over one connection, all that comes in within one round trip as one
 * statement; what only reads goes over a second one, what forgets or looks at
 * many users over a third, and none waits for another. Settlements and
 * releases that the database could not be told are told when it is back.
 *
 * @throws Error when the database cannot be reached, or was written by a newer version.
 */
export async function postgresStore({ url, schema = 'twohop', deadlineMs = 150 }: PostgresStoreOptions): Promise<Store> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw new Error(`schema: must be a plain lower-case name, got ${schema}`);
  await prepare(url, schema);
  const transports: PostgresTransport[] = [];
  const open = async (exclusive: boolean): Promise<Lane> => {
    const transport = await postgresTransport({ url, schema, exclusive });
    transports.push(transport);
    return openLane(transport, { deadlineMs });
  };
  const letGo = () => Promise.all(transports.map((transport) => transport.close()));
  try {
    const [writes, reads, prunes] = [await open(true), await open(false), await open(false)];
    const close = async () => {
      await Promise.all([writes, reads, prunes].map((lane) => lane.close()));
      await letGo();
    };
    return laneStore({ writes, reads, prunes, surveys: prunes, close });
  } catch (error) {
    await letGo();
    throw error;
  }
}

async function prepare(url: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await migrate(client, schema);
  } finally {
    await client.end();
  }
}
