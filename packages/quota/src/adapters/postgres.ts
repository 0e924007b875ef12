import pg from 'pg';
import { assertAmount } from '../amount.ts';
import { checkReserve, checkSettlement } from '../check-requests.ts';
import type { ReserveResult, Store } from '../ports.ts';
import type { CallOptions } from './postgres/call.ts';
import { openLane } from './postgres/lane.ts';
import { migrate } from './postgres/migrate.ts';

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with the parameters of libpq (`sslmode`, …). */
  readonly url: string;
  /** A run is refused after this long, whatever the database does. */
  readonly deadlineMs?: number;
  /** Where its tables and functions are; made when missing. */
  readonly schema?: string;
}

const soon = { manner: 'soon' } as const;
const patient = { manner: 'patient' } as const;
const kept = { manner: 'kept' } as const;
const CONNECT_MS = 5_000;

/**
 * The store of several machines. What changes money goes over one connection, all that comes in within one round trip as one
 * statement; what only reads goes over a second one and never waits for the first. Settlements and releases that the
 * database could not be told are told when it is back; a reserve whose fate is unknown is given back by its id.
 *
 * @throws Error when the database cannot be reached, or was written by a newer version.
 */
// oxlint-disable-next-line max-lines-per-function -- one closure over the state of one connection
export async function postgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, schema = 'twohop', deadlineMs = 250 } = options;
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw new Error(`schema: must be a plain lower-case name, got ${schema}`);
  await prepare(url, schema);
  const writes = await openLane({ url, schema, deadlineMs, exclusive: true });
  const reads = await openLane({ url, schema, deadlineMs, exclusive: false }).catch(async (error: unknown) => {
    await writes.close();
    throw error;
  });
  const write = <T>(operation: string, args: readonly unknown[], manner: CallOptions<T>): Promise<T> =>
    writes.call(operation, args, manner);
  const read = <T>(operation: string, args: readonly unknown[], manner: CallOptions<T> = soon): Promise<T> =>
    reads.call(operation, args, manner);
  const giveBack = (runId: string) => void write('release', [runId], kept).catch(() => undefined);
  return {
    reserve: (request) => {
      checkReserve(request);
      const late = ({ kind }: ReserveResult) => {
        if (kind === 'held') giveBack(request.runId);
      };
      return write('reserve', [request], { ...soon, late, lost: () => giveBack(request.runId) });
    },
    settle: (settlement) => {
      checkSettlement(settlement);
      return write('settle', [settlement], kept);
    },
    release: async (runId) => void (await write('release', [runId], kept)),
    renew: async (runId, leaseUntilMs) => {
      assertAmount('leaseUntilMs', leaseUntilMs);
      await write('renew', [runId, leaseUntilMs], patient);
    },
    expire: (nowMs) => {
      assertAmount('nowMs', nowMs);
      return write('expire', [nowMs], patient);
    },
    runOf: (runId) => read('runOf', [runId]),
    usage: (request) => read('usage', [request]),
    setKillSwitch: async (on) => void (await write('setKillSwitch', [on], patient)),
    isKilled: () => read('isKilled', []),
    account: (owner) => read('account', [owner]),
    setAccount: async (owner, account) => void (await write('setAccount', [owner, account], patient)),
    exportAccount: (owner) => read('exportAccount', [owner], patient),
    deleteAccount: async (deletion) => {
      assertAmount('untilMs', deletion.untilMs);
      await write('deleteAccount', [deletion], patient);
    },
    prune: (beforeMs) => {
      assertAmount('beforeMs', beforeMs);
      return read('prune', [beforeMs], patient);
    },
    close: async () => void (await Promise.all([writes.close(), reads.close()])),
  };
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
