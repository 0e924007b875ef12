import { Pool } from 'undici';
import { Refusal } from '../../refusal.ts';
import type { Contender } from './contender.ts';

/** No two calls of a bench are the same, through whichever gateway they go. */
let next = 0;

export interface GatewayCaller {
  /** @throws Refusal for anything but a 200: what is refused is no throughput */
  operation(): Promise<void>;
  calls(): number;
  close(): Promise<void>;
}

/** Calls a gateway through so many connections. */
export function callerOf({ name, url, call }: Pick<Contender, 'name' | 'url' | 'call'>, connections: number): GatewayCaller {
  const pool = new Pool(url, { connections });
  let calls = 0;
  return {
    operation: async () => {
      calls += 1;
      const reply = await pool.request({ method: 'POST', ...call(next++) });
      const text = await reply.body.text();
      if (reply.statusCode !== 200) throw new Refusal(`${name} answered ${reply.statusCode}: ${text.slice(0, 300)}`);
    },
    calls: () => calls,
    close: () => pool.close(),
  };
}
