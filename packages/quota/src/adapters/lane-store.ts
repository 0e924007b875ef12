import { assertAmount } from '../amount.ts';
import { checkReserve, checkSettlement } from '../check-requests.ts';
import type { Accounts, ReserveResult, Store } from '../ports.ts';
import type { Lane } from './lane.ts';

export interface Lanes {
  /** For what changes money. */
  readonly writes: Lane;
  /** For what only looks: it never waits for a change. */
  readonly reads: Lane;
  /** For what forgets old records: `writes` where the store has one writer. */
  readonly prunes: Lane;
  /** For what looks at the records of many users, which no run may wait for. */
  readonly surveys: Lane;
  close(): Promise<void>;
}

const soon = { manner: 'soon' } as const;
const patient = { manner: 'patient' } as const;
const kept = { manner: 'kept' } as const;

/**
 * The store behind its lanes: which operations wait, and for how long. A reserve and a read are refused quickly; what has been
 * decided already is carried out, also when its caller has gone. A reserve that was refused and still commits, or whose fate is
 * unknown, is given back by its id. Operations have the names of the port's methods.
 */
export function laneStore({ writes, reads, prunes, surveys, close }: Lanes): Store {
  const giveBack = (runId: string) => void writes.call('release', [runId], kept).catch(() => undefined);
  return {
    reserve: (request) => {
      checkReserve(request);
      const late = ({ kind }: ReserveResult) => {
        if (kind === 'held') giveBack(request.runId);
      };
      return writes.call('reserve', [request], { ...soon, late, lost: () => giveBack(request.runId) });
    },
    settle: (settlement) => {
      checkSettlement(settlement);
      return writes.call('settle', [settlement], kept);
    },
    release: async (runId) => void (await writes.call('release', [runId], kept)),
    renew: async (runId, leaseUntilMs) => {
      assertAmount('leaseUntilMs', leaseUntilMs);
      await writes.call('renew', [runId, leaseUntilMs], patient);
    },
    expire: (nowMs) => {
      assertAmount('nowMs', nowMs);
      return writes.call('expire', [nowMs], patient);
    },
    runOf: (runId) => reads.call('runOf', [runId], soon),
    samples: (runs) => {
      assertAmount('runs', runs);
      return reads.call('samples', [runs], patient);
    },
    usage: (request) => reads.call('usage', [request], soon),
    setKillSwitch: async (on, act) => void (await writes.call('setKillSwitch', [on, act], patient)),
    isKilled: () => reads.call('isKilled', [], soon),
    ...accounts({ writes, reads, prunes, surveys }),
    claim: (claim) => {
      assertAmount('nowMs', claim.nowMs);
      assertAmount('untilMs', claim.untilMs);
      return writes.call('claim', [claim], soon);
    },
    close,
  };
}

const accounts = ({ writes, reads, prunes, surveys }: Omit<Lanes, 'close'>): Accounts => ({
  account: (owner) => reads.call('account', [owner], soon),
  setAccount: async (owner, account, act) => void (await writes.call('setAccount', [owner, account, act], patient)),
  exportAccount: (owner) => reads.call('exportAccount', [owner], patient),
  deleteAccount: async (deletion, act) => {
    assertAmount('untilMs', deletion.untilMs);
    await writes.call('deleteAccount', [deletion, act], patient);
  },
  users: (request) => {
    assertAmount('limit', request.limit);
    return surveys.call('users', [request], patient);
  },
  acts: (latest) => {
    assertAmount('latest', latest);
    return surveys.call('acts', [latest], patient);
  },
  prune: (beforeMs) => {
    assertAmount('beforeMs', beforeMs);
    return prunes.call('prune', [beforeMs], patient);
  },
});
