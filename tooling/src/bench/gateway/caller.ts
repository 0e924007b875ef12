import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { Refusal } from '../../refusal.ts';
import type { Contender } from './contender.ts';

/** No two calls of a bench are the same, through whichever gateway they go. */
let next = 0;

const AGAIN_MS = 10;

export interface GatewayCaller {
  /**
   * Ends with a 200: after a 503 it comes again before long, and all of it is one call's latency.
   *
   * @throws Refusal for anything else: what is refused is no throughput
   */
  operation(): Promise<void>;
  /** How many ended with a 200. */
  calls(): number;
  close(): Promise<void>;
}

/** Calls a gateway through so many connections. */
export function callerOf({ name, url, call }: Pick<Contender, 'name' | 'url' | 'call'>, connections: number): GatewayCaller {
  const pool = new Pool(url, { connections });
  let calls = 0;
  const answered = async (request: ReturnType<typeof call>): Promise<void> => {
    for (;;) {
      const reply = await pool.request({ method: 'POST', ...request });
      const text = await reply.body.text();
      if (reply.statusCode === 200) return;
      if (reply.statusCode !== 503) throw new Refusal(`${name} answered ${reply.statusCode}: ${text.slice(0, 300)}`);
      await pause(AGAIN_MS);
    }
  };
  return {
    operation: async () => {
      await answered(call(next++));
      calls += 1;
    },
    calls: () => calls,
    close: () => pool.close(),
  };
}
