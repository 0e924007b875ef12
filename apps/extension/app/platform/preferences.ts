import { type Colour, defaultColour } from '../core/colours.ts';
import { defaultDensity, type Density } from '../core/density.ts';
import { localStore } from './storage.ts';

const preference = <T>(name: string, otherwise: T) => {
  const kept = localStore<T>(name, 1);
  return { read: async (): Promise<T> => (await kept.read()) ?? otherwise, write: kept.write };
};

/** Where the user left the slider. */
export const densityStore = preference<Density>('density', defaultDensity);
/** Of the marker. */
export const colourStore = preference<Colour>('colour', defaultColour);
