import { inTurn } from '../in-turn.ts';
import { type Behaviour, textOf } from './behaviour.ts';
import type { Answer } from './caller.ts';
import type { House, Server } from './house.ts';
import { pause } from './poll.ts';

export interface RunOptions {
  readonly uid: string;
  readonly behaviour: Behaviour;
  readonly key?: string;
  readonly signal?: AbortSignal;
  readonly words?: string;
}

/** One run of `highlights.run` through a server. */
export function runOn(house: House, server: Server, { uid, behaviour, words, ...call }: RunOptions): Promise<Answer> {
  return server.mutate('highlights.run', { text: textOf(behaviour, words) }, { token: house.tokenOf(uid), ...call });
}

/** What a client does that is told to come again: the store or the server has no room at this moment. */
const PASSING = new Set(['limit.store_down', 'capacity.overloaded', 'limit.concurrency']);
export const isPassing = ({ code }: Answer): boolean => PASSING.has(code);
const TRIES = 60;
const PAUSE_MS = 100;

/** Runs, and comes again with the same key while the refusal is one that passes. */
export async function runUntilDecided(house: House, server: Server, options: RunOptions): Promise<Answer> {
  const key = options.key ?? crypto.randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    const answer = await runOn(house, server, { ...options, key });
    if (!isPassing(answer) || attempt === TRIES) return answer;
    await pause(PAUSE_MS);
  }
}

export interface Load {
  readonly calls: number;
  readonly inFlight: number;
}

/** So many calls, at most so many at a time; the results stand in their order. */
export const load = <T>({ calls, inFlight }: Load, call: (index: number) => Promise<T>): Promise<T[]> =>
  inTurn(
    Array.from({ length: calls }, (_, index) => () => call(index)),
    inFlight,
  );

/** The servers in turn. */
export function serverOf({ servers }: House, index: number): Server {
  const server = servers[index % servers.length];
  if (!server) throw new Error('a house has at least one server');
  return server;
}
