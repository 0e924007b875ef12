import type { Deps } from '@twohop/api';
import { pruneOld } from '@twohop/quota';
import type { AddressLimit } from './call-gate.ts';
import type { Config } from './config.ts';
import type { LifeCycle } from './life-cycle.ts';
import { sweepLeases } from './sweep.ts';
import { type Surroundings, wire } from './wire.ts';

/** What the first hop is, whatever speaks HTTP in front of it. */
export interface FirstHop extends AddressLimit {
  readonly deps: Deps;
  readonly allowedOrigins: readonly string[];
  /** True while the ledger answers. */
  readonly ready: () => Promise<boolean>;
  /** True once this process is to end: no new client is wanted, and those that are here are served. */
  readonly draining: () => boolean;
}

export interface Opened {
  readonly firstHop: FirstHop;
  /** Once no call is in flight any more. */
  close(): Promise<void>;
}

/** The same on every host: providers, and what goes on beside the calls. */
export async function openFirstHop(
  config: Config,
  { draining, ending, ...around }: Surroundings & Pick<LifeCycle, 'draining' | 'ending'>,
): Promise<Opened> {
  const { deps, store, clock, ipRates, refused, close } = await wire(config, around);
  const stopSweeping = sweepLeases(store, { clock, log: around.log });
  const stopPruning = pruneOld(store, { clock, keepMs: config.keepReceiptsMs });
  return {
    firstHop: {
      deps: { ...deps, ending },
      allowedOrigins: config.allowedOrigins,
      ipRates,
      ipRequestsPerMinute: config.ipRequestsPerMinute,
      refused,
      ready: () =>
        store.isKilled().then(
          () => true,
          () => false,
        ),
      draining,
    },
    close: async () => {
      stopSweeping();
      stopPruning();
      await close();
    },
  };
}
