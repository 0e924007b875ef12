import { Refusal } from '../refusal.ts';
import { type BenchStore, sqliteBenchStore } from './bench-store.ts';
import { postgresBenchStore } from './postgres-bench-store.ts';

const makers: Readonly<Record<string, (folder: string) => Promise<BenchStore>>> = {
  sqlite: async (folder) => sqliteBenchStore(folder),
  postgres: postgresBenchStore,
};

/** The store asked for; all of them when none is. */
export async function benchStoresOf(name: string | undefined, folder: string): Promise<BenchStore[]> {
  const chosen = Object.entries(makers).filter(([each]) => name === undefined || each === name);
  if (chosen.length === 0) throw new Refusal(`--store ${name}: there are ${Object.keys(makers).join(' and ')}.`);
  return Promise.all(chosen.map(([, make]) => make(folder)));
}
