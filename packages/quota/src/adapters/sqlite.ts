import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { assertAmount } from '../amount.ts';
import type { Ledger, ReserveRequest, ReserveResult, Settlement } from '../ports.ts';
import { openCalls } from './sqlite/calls.ts';

export interface SqliteLedgerOptions {
  /** File of the ledger; its folder is made when missing. */
  readonly path: string;
  /** The main thread refuses after this long, whatever the disk does. */
  readonly deadlineMs?: number;
}

/**
 * The embedded ledger: one file, one worker thread. The main thread never waits for a disk: it owns the deadline, and a
 * reserve that commits after it was refused is released by its id.
 *
 * @throws Error when the file cannot be opened, or was written by a newer version.
 */
export async function sqliteLedger({ path, deadlineMs = 250 }: SqliteLedgerOptions): Promise<Ledger> {
  mkdirSync(dirname(path), { recursive: true });
  const { call, close } = await openCalls(path, deadlineMs);
  return {
    reserve: (request) => {
      checkRequest(request);
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
    usage: (owner, lines, nowMs) => call('usage', [owner, lines, nowMs]),
    setKillSwitch: (on) => call('setKillSwitch', [on]),
    close,
  };
}

function checkRequest({ lines, concurrentRuns, nowMs, leaseUntilMs }: ReserveRequest): void {
  for (const { scope, amount, limit, window } of lines) {
    assertAmount(`${scope}.amount`, amount);
    assertAmount(`${scope}.limit`, limit);
    assertAmount(`${scope}.window`, window);
  }
  assertAmount('concurrentRuns', concurrentRuns);
  assertAmount('nowMs', nowMs);
  assertAmount('leaseUntilMs', leaseUntilMs);
}

function checkSettlement({ computeUs, userUs, capMicroUsd }: Settlement): void {
  assertAmount('computeUs', computeUs);
  assertAmount('userUs', userUs);
  assertAmount('capMicroUsd', capMicroUsd);
}
