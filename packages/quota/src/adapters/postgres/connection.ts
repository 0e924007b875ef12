import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';

/** How long a statement may take; then the server ends it itself, also when nobody waits for it any more. */
const STATEMENT_MS = 2_000;
const CONNECT_MS = 1_500;
const RECONNECT_MS = 250;
const GOODBYE_MS = 500;

/** One connection that comes back by itself. Sends nothing twice: what was under way when it broke is for the caller to know. */
export interface Connection {
  isUp(): boolean;
  /** Rejects when the server says no, and when the connection ends under it. */
  query(statement: pg.QueryConfig): Promise<{ rows: readonly Record<string, unknown>[] }>;
  /** Gives the connection up, whatever is under way, and makes a new one. */
  drop(): void;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly url: string;
  /** Told each time that the connection stands. */
  readonly onUp: () => void;
}

interface Line {
  readonly client: pg.Client;
  readonly socket: Socket;
  /** What the server knows it by. */
  readonly name: string;
}

/** @throws Error when the first connection cannot be made. */
export async function openConnection({ url, onUp }: ConnectionOptions): Promise<Connection> {
  const former: string[] = [];
  let line: Line | null = null;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const lose = (lost: Line) => {
    lost.socket.destroy();
    if (line !== lost) return;
    line = null;
    reconnect();
  };
  const connect = async () => {
    const next = await dial(url, { former, lose });
    if (closed) return void next.socket.destroy();
    line = next;
    onUp();
  };
  const reconnect = () => {
    if (closed) return;
    timer = setTimeout(() => void connect().catch(reconnect), RECONNECT_MS);
    timer.unref();
  };
  await connect();
  return {
    isUp: () => line !== null,
    query: (statement) => line?.client.query(statement) ?? Promise.reject(new Error('not connected')),
    drop: () => {
      if (line) lose(line);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      const last = line;
      line = null;
      if (last) await hangUp(last);
    },
  };
}

interface Dialled {
  /** Names of connections before it, which the server may still be at work for. */
  readonly former: string[];
  readonly lose: (line: Line) => void;
}

async function dial(url: string, { former, lose }: Dialled): Promise<Line> {
  const next = newLine(url);
  next.client.on('error', () => lose(next));
  next.client.on('end', () => lose(next));
  // A server that takes the connection and then says nothing is not waited for either.
  const tooLate = setTimeout(() => next.socket.destroy(), CONNECT_MS + STATEMENT_MS);
  try {
    await next.client.connect();
    former.push(next.name);
    await setUp(next, former);
    return next;
  } catch (error) {
    next.socket.destroy();
    throw error;
  } finally {
    clearTimeout(tooLate);
  }
}

async function hangUp({ client, socket }: Line): Promise<void> {
  const tooLate = setTimeout(() => socket.destroy(), GOODBYE_MS);
  await client.end();
  clearTimeout(tooLate);
}

function newLine(url: string): Line {
  const name = `twohop ${randomUUID()}`;
  const client = new pg.Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // pg makes it, since not every runtime's sockets are Node's; nothing else of it can be told to give up at once.
  const { stream: socket } = (client as unknown as { readonly connection: { readonly stream: Socket } }).connection;
  return { client, socket, name };
}

async function setUp({ client, name }: Line, former: string[]): Promise<void> {
  // Also where the URL says otherwise: the name is what the server is asked for below.
  await client.query(`select set_config('application_name', $1, false)`, [name]);
  await client.query(`select set_config('statement_timeout', $1, false)`, [String(STATEMENT_MS)]);
  // What is acknowledged has to survive a crash, whatever the server's default says.
  await client.query(`select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`);
  const gaveUp = former.filter((each) => each !== name);
  if (gaveUp.length === 0) return;
  // Ends what the server still has of connections that were given up: a statement that was under way there either is
  // committed now or never will be, so nothing that is sent from here on can be overtaken by it.
  const { rows } = await client.query<{ gone: boolean }>(
    `select coalesce(bool_and(pg_terminate_backend(pid, 1000)), true) as gone from pg_stat_activity
     where application_name = any ($1)`,
    [gaveUp],
  );
  if (!rows[0]?.gone) throw new Error('a connection that was given up is still at work');
  former.splice(0, former.length, name);
}
