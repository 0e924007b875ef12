import { holdsWithin } from '../../prove/poll.ts';
import type { AttackCase } from '../case.ts';
import { ask } from '../raw-http.ts';
import { besiege, slowKinds } from '../slow-sockets.ts';

const SERVED_WITHIN_MS = 5_000;

/** Refused when every one of so many connections is cut in time, and others are served meanwhile. */
export const slowCases = (sockets: number): readonly AttackCase[] =>
  slowKinds.map((id) => ({
    id,
    standard: 'ASVS V13.2.6, API4:2023',
    from: 'outside',
    attack: async (target) => {
      const siege = await besiege(target, id, sockets);
      let status = 0;
      const served = await holdsWithin(SERVED_WITHIN_MS, async () => {
        ({ status } = await ask(target, { path: '/healthz' }));
        return status === 200;
      });
      const uncut = await siege.uncut;
      return { refused: uncut === 0 && served, status };
    },
  }));
