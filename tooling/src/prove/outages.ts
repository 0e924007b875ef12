import type { Supervisor } from '../processes.ts';
import type { House } from './house.ts';

export interface Ground {
  readonly supervisor: Supervisor;
  readonly house: House;
}

/** A way in which a store can stop serving, without its servers being told. `begin` returns what ends it again. */
export interface Outage {
  readonly name: string;
  /** What another outage shows better where the machine can show that one: left out of a quick proof. */
  readonly standIn?: true;
  /** Why this machine can't show it; null when it can. */
  missing(): Promise<string | null>;
  /** Makes the store's folder such that it can happen there; what is returned undoes it. */
  readonly prepare?: (folder: string) => Promise<() => Promise<void>>;
  begin(ground: Ground): Promise<() => Promise<void>>;
}
