import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { LoadedServer } from '../bench/loaded-server.ts';

/** What the users of a good day do, and what strangers do on it. */
export interface Traffic {
  /** The request of that number, counted from 0. Resolves with the milliseconds that it took. */
  request(index: number): Promise<number>;
  /** How many ended otherwise than they must, by what they were and how they ended. */
  readonly unexpected: ReadonlyMap<string, number>;
  /** How many found no room, and were told to come again. */
  turnedAway(): number;
  close(): Promise<void>;
}

export interface TrafficOptions {
  readonly server: Pick<LoadedServer, 'url' | 'token'>;
  readonly lanes: number;
  /** Who is at work at a time. When all of them have made their requests, as many others come. */
  readonly activeUsers: number;
}

export const REQUESTS_A_USER = 5;
/** Users share addresses. */
const ADDRESSES = 50_000;
const LEAVES_AFTER_MS = 2;
const NO_ROOM = 503;

interface Asked {
  readonly path: string;
  readonly token: string;
  readonly key: string;
  readonly body?: object;
  readonly accept?: string;
  readonly signal?: AbortSignal;
}

interface Kind {
  readonly name: string;
  readonly statuses: readonly number[];
  ask(send: (asked: Asked) => Promise<number>, own: { token: string; key: string; text: string }): Promise<number>;
}

const run = ({ token, key, text }: { token: string; key: string; text: string }): Asked => ({
  path: '/trpc/highlights.run',
  token,
  key,
  body: { text },
});

const runs: Kind = { name: 'run', statuses: [200], ask: (send, own) => send(run(own)) };
/** One of twenty is each of these; the others are runs. */
const kinds: readonly Kind[] = [
  { name: 'quota', statuses: [200], ask: (send, { token, key }) => send({ path: '/trpc/account.quota', token, key }) },
  {
    name: 'replay',
    statuses: [200],
    ask: async (send, own) => {
      const status = await send(run(own));
      return status === 200 ? send(run(own)) : status;
    },
  },
  {
    name: 'stream',
    statuses: [200],
    ask: (send, { token, key, text }) =>
      send({ path: '/trpc/highlights.stream?batch=1', token, key, body: { 0: { text } }, accept: 'application/jsonl' }),
  },
  {
    // Before the reply, or after it: whoever is faster.
    name: 'left',
    statuses: [0, 200],
    ask: (send, own) => send({ ...run(own), signal: AbortSignal.timeout(LEAVES_AFTER_MS) }),
  },
  { name: 'forged', statuses: [401], ask: (send, own) => send(run({ ...own, token: forged(own.token) })) },
  { name: 'empty', statuses: [400], ask: (send, own) => send(run({ ...own, text: '' })) },
  { name: 'nowhere', statuses: [404], ask: (send, { token, key }) => send({ path: '/nowhere', token, key }) },
];
const OF_KINDS = 20;

/**
 * Another signature for certain. A fixed ending is no forgery of each: the last byte of an Ed25519 signature is below 17, so of
 * 65,536 genuine ones, one ends in `AAAA` itself.
 */
function forged(token: string): string {
  const place = token.lastIndexOf('.') + 1;
  return `${token.slice(0, place)}${token[place] === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`;
}

export function trafficOf({ server: { url, token: sign }, lanes, activeUsers }: TrafficOptions): Traffic {
  const pool = new Pool(url, { connections: lanes });
  const unexpected = new Map<string, number>();
  let turnedAway = 0;
  const tokens = new Map<number, string>();
  const tokenOf = (user: number): string => {
    const known = tokens.get(user);
    if (known !== undefined) return known;
    // Whoever went does not come back.
    tokens.delete(user - activeUsers);
    const token = sign(`user-${user}`);
    tokens.set(user, token);
    return token;
  };
  return {
    unexpected,
    turnedAway: () => turnedAway,
    close: () => pool.close(),
    request: async (index) => {
      const user = Math.floor(index / (activeUsers * REQUESTS_A_USER)) * activeUsers + (index % activeUsers);
      // By chance, so that each user's requests are of any kind.
      const kind = kinds[Math.floor(Math.random() * OF_KINDS)] ?? runs;
      const own = { token: tokenOf(user), key: randomUUID(), text: `Request ${index} has a sentence. And it has another.` };
      const beganMs = performance.now();
      const status = await kind.ask((asked) => send(pool, addressOf(user), asked), own);
      const name = `${kind.name} ended with ${status}`;
      if (status === NO_ROOM) turnedAway += 1;
      else if (!kind.statuses.includes(status)) unexpected.set(name, (unexpected.get(name) ?? 0) + 1);
      return performance.now() - beganMs;
    },
  };
}

const addressOf = (user: number): string => {
  const address = user % ADDRESSES;
  return `10.${address >> 16}.${(address >> 8) & 255}.${address & 255}`;
};

/** The status; 0 when there was no reply. */
async function send(pool: Pool, address: string, { path, token, key, body, accept, signal }: Asked): Promise<number> {
  const headers = {
    authorization: `Bearer ${token}`,
    'x-forwarded-for': address,
    ...(body && { 'content-type': 'application/json', 'idempotency-key': key }),
    ...(accept !== undefined && { 'trpc-accept': accept }),
  };
  try {
    const content = body ? ({ method: 'POST', body: JSON.stringify(body) } as const) : ({ method: 'GET' } as const);
    const reply = await pool.request({ path, headers, ...content, ...(signal && { signal }) });
    await reply.body.dump();
    return reply.statusCode;
  } catch {
    return 0;
  }
}
