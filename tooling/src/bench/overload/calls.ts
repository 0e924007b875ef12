import { randomUUID } from 'node:crypto';
import { type Dispatcher, Pool } from 'undici';
import { pause } from '../../prove/poll.ts';
import { exponential } from '../../queueing/draws.ts';
import { quantile, type Result } from '../figures.ts';
import type { LoadedServer } from '../loaded-server.ts';

/** How one call ended. */
export interface Ended {
  readonly ms: number;
  /** 0: without a reply. */
  readonly status: number;
  readonly saysWhen: boolean;
}

export interface Calls {
  /** One run of so many sentences, which no call before had. */
  run(user: string, sentences: number): Promise<Ended>;
  /** A call with a token that nobody signed, another one each, from one address. */
  forged(index: number): Promise<Ended>;
  close(): Promise<void>;
}

/** More than may be in flight, so that no call waits for a connection on this side. */
const CONNECTIONS = 2_000;
const FORGER = '198.51.100.7';
const sentence = (call: number, index: number): string =>
  `Sentence ${index} of page ${call} says something about the sea, the wind and the ships that wait for it.`;

export function callsOf({ url, token }: LoadedServer): Calls {
  const pool = new Pool(url, { connections: CONNECTIONS });
  const tokens = new Map<string, string>();
  let calls = 0;
  const tokenOf = (user: string): string => {
    const known = tokens.get(user) ?? token(user);
    tokens.set(user, known);
    return known;
  };
  const ended = async (request: Dispatcher.RequestOptions): Promise<Ended> => {
    const startMs = performance.now();
    const reply = await pool.request(request).catch(() => undefined);
    await reply?.body.dump();
    const saysWhen = reply?.headers['retry-after'] !== undefined;
    return { ms: performance.now() - startMs, status: reply?.statusCode ?? 0, saysWhen };
  };
  return {
    run: async (user, sentences) => {
      const call = (calls += 1);
      const text = Array.from({ length: sentences }, (_, index) => sentence(call, index)).join(' ');
      const names = { authorization: `Bearer ${tokenOf(user)}`, 'idempotency-key': randomUUID() };
      const headers = { ...names, 'content-type': 'application/json' };
      return ended({ method: 'POST', path: '/trpc/highlights.run', headers, body: JSON.stringify({ text }) });
    },
    forged: (index) => {
      const token = `${tokenOf('forger').slice(0, -12)}${String(index).padStart(8, 'A')}AAAA`;
      const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': FORGER };
      return ended({ method: 'GET', path: '/trpc/account.me', headers });
    },
    close: () => pool.close(),
  };
}

export interface Offer {
  readonly perSecond: number;
  readonly ms: number;
  call(index: number): Promise<Ended>;
}

/** Open loop: calls begin by chance, so many a second on average, whether or not those before have ended. */
export async function offered({ perSecond, ms, call }: Offer): Promise<Ended[]> {
  const running: Promise<Ended>[] = [];
  const beganMs = performance.now();
  let dueMs = 0;
  for (let nowMs = 0; nowMs < ms; nowMs = performance.now() - beganMs) {
    for (; dueMs <= nowMs; dueMs += exponential(1_000 / perSecond, Math.random)) running.push(call(running.length));
    await pause(1);
  }
  return Promise.all(running);
}

export interface Lanes {
  readonly lanes: number;
  readonly ms: number;
  call(index: number): Promise<Ended>;
}

const AGAIN_MS = 50;

/** Closed loop: each lane's next call begins when the one before has ended, after a refusal a moment later. */
export async function laned({ lanes, ms, call }: Lanes): Promise<Ended[]> {
  const all: Ended[] = [];
  const endMs = performance.now() + ms;
  const lane = async (index: number) => {
    while (performance.now() < endMs) {
      const ended = await call(index);
      all.push(ended);
      if (ended.status !== 200) await pause(AGAIN_MS);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
  return all;
}

export const served = (calls: readonly Ended[]): Ended[] => calls.filter(({ status }) => status === 200);
export const refused = (calls: readonly Ended[]): Ended[] => calls.filter(({ status }) => status === 503);
export const p99 = (calls: readonly Ended[]): number =>
  quantile(
    calls.map(({ ms }) => ms),
    0.99,
  );

/** Of the calls that were served; how many were in flight follows from how long they took. */
export function rowOf(name: string, calls: readonly Ended[], ms: number): Result {
  const took = served(calls).map((call) => call.ms);
  const inFlight = calls.reduce((sum, call) => sum + call.ms, 0) / ms;
  return {
    name,
    concurrency: Math.max(1, Math.round(inFlight)),
    perSecond: Number(((took.length * 1_000) / ms).toFixed(1)),
    p50Ms: Number(quantile(took, 0.5).toFixed(1)),
    p99Ms: Number(quantile(took, 0.99).toFixed(1)),
  };
}
