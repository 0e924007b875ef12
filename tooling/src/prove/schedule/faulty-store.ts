import { type Store, StoreDown } from '@twohop/quota';

/** Where the store fails once: before it has done what it was asked, or after, so that the caller doesn't learn that it was done. */
export interface StoreFault {
  readonly operation: 'reserve' | 'settle' | 'release';
  readonly when: 'before' | 'after';
}

type ReserveRequest = Parameters<Store['reserve']>[0];

export interface StoreWatch {
  /** Names the budgets that all users share, so that schedules on one store don't meet. */
  readonly schedule: string;
  /** Taken by the next operation of its kind. */
  takeFault(operation: StoreFault['operation']): StoreFault['when'] | null;
  /** Told of each admission. */
  admitted(request: ReserveRequest): void;
  /** Told of each refusal, with what was asked. */
  denied(request: ReserveRequest, code: string): void;
  /** Told that this run's operation was made to fail. */
  failed(runId: string): void;
  renewed(runId: string, leaseUntilMs: number): void;
  busy(by: 1 | -1): void;
}

const shared = new Set(['cap-day', 'cap-month', 'pool-day']);

/** A store that breaks when it is told to, in front of a real one. */
export function faultyStore(real: Store, watch: StoreWatch): Store {
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    watch.busy(1);
    return work().finally(() => watch.busy(-1));
  };
  const faulty = <T>(operation: StoreFault['operation'], runId: string, work: () => Promise<T>): Promise<T> =>
    watched(async () => {
      const when = watch.takeFault(operation);
      const fail = (): never => {
        watch.failed(runId);
        throw new StoreDown(`as told, ${when} the ${operation}`);
      };
      if (when === 'before') fail();
      const value = await work();
      if (when === null) return value;
      // A reserve that commits too late is given back by its adapter: that is the port's promise, and a test of each adapter.
      if (operation === 'reserve') await real.release(runId);
      return fail();
    });
  const reserve = async (request: ReserveRequest) => {
    const lines = request.lines.map((line) =>
      shared.has(line.scope) ? { ...line, scope: `${line.scope}:${watch.schedule}` } : line,
    );
    const result = await real.reserve({ ...request, lines });
    if (result.kind === 'held') watch.admitted(request);
    if (result.kind === 'denied') watch.denied(request, result.denial.code);
    return result;
  };
  return {
    ...real,
    reserve: (request) => faulty('reserve', request.runId, () => reserve(request)),
    settle: (settlement) => faulty('settle', settlement.runId, () => real.settle(settlement)),
    release: (runId) => faulty('release', runId, () => real.release(runId)),
    renew: (runId, leaseUntilMs) => {
      watch.renewed(runId, leaseUntilMs);
      return watched(() => real.renew(runId, leaseUntilMs));
    },
  };
}
