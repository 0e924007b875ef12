import type { TwohopConfig } from '@twohop/server/config';
import type { Supervisor } from '../processes.ts';
import { type House, type HouseOptions, openHouse } from './house.ts';
import { exactLimits } from './limits.ts';
import type { FreshStore, ProofStore } from './proof-store.ts';
import type { Verdict } from './row.ts';

/** What every check is given. */
export interface Setting {
  readonly store: ProofStore;
  /** Fewer cells and repetitions, and no judgement of latencies. */
  readonly quick: boolean;
  readonly supervisor: Supervisor;
  /** Of this proof alone, deleted at its end. */
  readonly folder: string;
  /** The same in memory, where the machine has that: for what is about decisions and not about disks. */
  readonly memory: string;
  readonly tell: (line: string) => void;
  readonly sharedHouse: () => Promise<House>;
}

export interface Finding extends Verdict {
  readonly name: string;
}

/** Some rows of the proof, and how they come about. */
export interface Check {
  readonly name: string;
  run(setting: Setting): Promise<Finding[]>;
}

export interface Inhabited {
  readonly config: TwohopConfig;
  readonly servers: number;
  readonly redis?: NonNullable<HouseOptions['redis']>;
  readonly store?: FreshStore;
}

const SHARED_SERVERS = 5;

/**
 * The house of ample budgets that most checks share, each with users of its own and so many of its servers: starting processes
 * takes longer than what is proved on them.
 */
export async function inSharedHouse<T>(setting: Setting, servers: number, work: (house: House) => Promise<T>): Promise<T> {
  const house = await setting.sharedHouse();
  return work({ ...house, servers: house.servers.slice(0, servers) });
}

/** Opened by the first who asks. The second function closes it, if anybody did. */
export function sharedHouseOf(setting: Omit<Setting, 'sharedHouse'>): [open: () => Promise<House>, close: () => Promise<void>] {
  const { supervisor, folder } = setting;
  let opened: Promise<House> | undefined;
  const open = async (): Promise<House> => {
    const store = await setting.store.fresh(folder);
    return openHouse({ supervisor, folder, store, config: exactLimits, servers: SHARED_SERVERS });
  };
  return [() => (opened ??= open()), async () => (await opened?.catch(() => undefined))?.stop()];
}

/** Opens a house of its own, and closes it however the work in it ends. */
export async function inHouse<T>(setting: Setting, inhabited: Inhabited, work: (house: House) => Promise<T>): Promise<T> {
  const { supervisor, folder } = setting;
  const store = inhabited.store ?? (await setting.store.fresh(folder));
  const house = await openHouse({ supervisor, folder, ...inhabited, store });
  try {
    return await work(house);
  } finally {
    await house.stop();
  }
}
