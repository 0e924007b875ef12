import { defaultDensity, type Density } from '../core/density.ts';
import { localStore } from './storage.ts';

const kept = localStore<Density>('density', 1);

/** Where the user left the slider. */
export const densityStore = {
  read: async (): Promise<Density> => (await kept.read()) ?? defaultDensity,
  write: kept.write,
};
