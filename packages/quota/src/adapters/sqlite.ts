import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { assertAmount } from '../amount.ts';
import { checkReserve, checkSettlement } from '../check-requests.ts';
import type { ReserveResult, Store } from '../ports.ts';
import { openCalls } from './sqlite/calls.ts';

export interface SqliteStoreOptions {
  /** File of the store; its folder is made when missing. */
  readonly path: string;
  /** The main thread refuses a run after this long, whatever the disk does. */
  readonly deadlineMs?: number;
}

/**
 * What has been decided already may take longer: nobody waits for a release, and a settlement that is given up loses the
 * result of a run that was paid for.
 */
const PATIENT_MS = 5_000;

/**
 * The embedded store: one file, one worker thread. The main thread never waits for a disk: it owns the deadline, and a
 * reserve that commits after it was refused is released by its id.
 *
 * @throws Error when the file cannot be opened, or was written by a newer version.
 */
export async function sqliteStore({ path, deadlineMs = 250 }: SqliteStoreOptions): Promise<Store> {
  mkdirSync(dirname(path), { recursive: true });
  const { call, close } = await openCalls(path);
  const soon = { deadlineMs };
  const patient = { deadlineMs: Math.max(deadlineMs, PATIENT_MS) };
  const giveBack = (runId: string) => void call('release', [runId], patient).catch(() => undefined);
  return {
    reserve: (request) => {
      checkReserve(request);
      const late = ({ kind }: ReserveResult) => {
        if (kind === 'held') giveBack(request.runId);
      };
      return call<ReserveResult>('reserve', [request], { deadlineMs, late });
    },
    settle: (settlement) => {
      checkSettlement(settlement);
      return call('settle', [settlement], patient);
    },
    release: (runId) => call('release', [runId], patient),
    renew: (runId, leaseUntilMs) => {
      assertAmount('leaseUntilMs', leaseUntilMs);
      return call('renew', [runId, leaseUntilMs], patient);
    },
    expire: (nowMs) => {
      assertAmount('nowMs', nowMs);
      return call('expire', [nowMs], patient);
    },
    runOf: (runId) => call('runOf', [runId], soon),
    usage: (request) => call('usage', [request], soon),
    setKillSwitch: (on) => call('setKillSwitch', [on], patient),
    isKilled: () => call('isKilled', [], soon),
    account: (owner) => call('account', [owner], soon),
    setAccount: (owner, account) => call('setAccount', [owner, account], patient),
    exportAccount: (owner) => call('exportAccount', [owner], patient),
    deleteAccount: (deletion) => {
      assertAmount('untilMs', deletion.untilMs);
      return call('deleteAccount', [deletion], patient);
    },
    prune: (beforeMs) => {
      assertAmount('beforeMs', beforeMs);
      return call('prune', [beforeMs], patient);
    },
    close,
  };
}
