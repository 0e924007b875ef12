import pg from 'pg';
import { BatchFailed, type Fault, type Transport } from '../transport.ts';
import { openConnection } from './connection.ts';

/** A server that says nothing for this long is given up and asked by a new connection. */
const SILENCE_MS = 2_500;

export interface PostgresTransportOptions {
  readonly url: string;
  readonly schema: string;
  /** Batches of all instances wait for each other. */
  readonly exclusive: boolean;
}

export interface PostgresTransport extends Transport {
  close(): Promise<void>;
}

/** Batches over one connection, each a single statement. @throws Error when the database cannot be reached. */
export async function postgresTransport({ url, schema, exclusive }: PostgresTransportOptions): Promise<PostgresTransport> {
  const statement = { name: 'twohop-batch', text: `select ${schema}.batch($1, $2) as results` };
  const listeners: (() => void)[] = [];
  const connection = await openConnection({ url, onUp: () => listeners.forEach((listener) => listener()) });
  return {
    isUp: connection.isUp,
    onUp: (listener) => void listeners.push(listener),
    send: async (calls) => {
      const silence = setTimeout(connection.drop, SILENCE_MS);
      try {
        const { rows } = await connection.query({ ...statement, values: [calls, exclusive] });
        return rows[0]?.['results'] as readonly unknown[];
      } catch (error) {
        const fault = faultOf(error);
        // Where the server is only a standby by now, another connection may find the one that is not.
        if (fault === 'down' || fault === 'full') connection.drop();
        throw new BatchFailed(fault, error instanceof Error ? error.message : String(error));
      } finally {
        clearTimeout(silence);
      }
    },
    close: connection.close,
  };
}

/** serialization_failure, deadlock_detected */
const RETRY = new Set(['40001', '40P01']);
/** Data exceptions, violated constraints, and errors that a function raises: they are in what was asked. */
const BROKEN = /^(22|23|P0|20)/;
/** No connection, or one that the server ends: nobody knows what became of the statement. */
const UNKNOWN = /^(08|57P)/;

/** Any other error that the server itself tells (no disk, read-only after a failover, a timeout) has rolled the batch back. */
function faultOf(error: unknown): Fault {
  const code = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
  if (RETRY.has(code)) return 'retry';
  if (BROKEN.test(code)) return 'broken';
  return code === '' || UNKNOWN.test(code) ? 'down' : 'full';
}
