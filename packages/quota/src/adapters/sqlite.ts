import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { assertAmount } from '../amount.ts';
import { checkReserve, checkSettlement } from '../check-requests.ts';
import type { ReserveResult, Store } from '../ports.ts';
import { openCalls } from './sqlite/calls.ts';

export interface SqliteStoreOptions {
  /** File of the store; its folder is made when missing. */
  readonly path: string;
  /** The main thread refuses after this long, whatever the disk does. */
  readonly deadlineMs?: number;
}

/**
 * The embedded store: one file, one worker thread. The main thread never waits for a disk: it owns the deadline, and a
 * reserve that commits after it was refused is released by its id.
 *
 * @throws Error when the file cannot be opened, or was written by a newer version.
 */
export async function sqliteStore({ path, deadlineMs = 250 }: SqliteStoreOptions): Promise<Store> {
  mkdirSync(dirname(path), { recursive: true });
  const { call, close } = await openCalls(path, deadlineMs);
  return {
    reserve: (request) => {
      checkReserve(request);
      return call<ReserveResult>('reserve', [request], ({ kind }) => {
        if (kind === 'held') call('release', [request.runId]).catch(() => undefined);
      });
    },
    settle: (settlement) => {
      checkSettlement(settlement);
      return call('settle', [settlement]);
    },
    release: (runId) => call('release', [runId]),
    renew: (runId, leaseUntilMs) => {
      assertAmount('leaseUntilMs', leaseUntilMs);
      return call('renew', [runId, leaseUntilMs]);
    },
    expire: (nowMs) => {
      assertAmount('nowMs', nowMs);
      return call('expire', [nowMs]);
    },
    stateOf: (runId) => call('stateOf', [runId]),
    usage: (request) => call('usage', [request]),
    setKillSwitch: (on) => call('setKillSwitch', [on]),
    isKilled: () => call('isKilled', []),
    account: (owner) => call('account', [owner]),
    setAccount: (owner, account) => call('setAccount', [owner, account]),
    exportAccount: (owner) => call('exportAccount', [owner]),
    deleteAccount: (deletion) => {
      assertAmount('untilMs', deletion.untilMs);
      return call('deleteAccount', [deletion]);
    },
    prune: (beforeMs) => {
      assertAmount('beforeMs', beforeMs);
      return call('prune', [beforeMs]);
    },
    close,
  };
}
