import { Refusal } from '../refusal.ts';
import { postgresProofStore } from './postgres-store.ts';
import { type ProofStore, sqliteProofStore } from './proof-store.ts';

const makers: Readonly<Record<string, () => Promise<ProofStore>>> = {
  sqlite: async () => sqliteProofStore(),
  postgres: postgresProofStore,
};

/** The store asked for; all of them when none is. */
export async function storesOf(name: string | undefined): Promise<ProofStore[]> {
  const chosen = Object.entries(makers).filter(([each]) => name === undefined || each === name);
  if (chosen.length === 0) throw new Refusal(`--store ${name}: there are ${Object.keys(makers).join(' and ')}.`);
  return Promise.all(chosen.map(([, make]) => make()));
}
