import type { Result } from '../figures.ts';
import { type Calls, offered, p99, rowOf, served } from './calls.ts';
import { inTurns, type Ratios, ratiosOf } from './turns.ts';

/** Well below what the model can do: what is late is late by what comes beside them. */
const SENTENCES = 1;
const PER_SECOND = 40;
const USERS = 50;

interface Load {
  readonly calls: Calls;
  /** Of a round. */
  readonly ms: number;
  readonly rounds: number;
}

interface Names {
  readonly without: string;
  readonly beside: string;
}

interface Burdened {
  readonly rows: readonly Result[];
  /** Of the p99 of those that were served, with the burden ÷ without. */
  readonly late: Ratios;
}

/** Short texts of many users, in turn without and beside what may make them late. */
export async function shortTexts({ calls, ms, rounds }: Load, names: Names, burden: () => Promise<unknown>): Promise<Burdened> {
  const normal = () => offered({ perSecond: PER_SECOND, ms, call: (index) => calls.run(`normal-${index % USERS}`, SENTENCES) });
  const { calm, burdened } = await inTurns(rounds, normal, async () => (await Promise.all([normal(), burden()]))[0]);
  return {
    rows: [
      rowOf(`short texts, ${names.without}`, calm.flat(), ms * rounds),
      rowOf(`short texts${names.beside}`, burdened.flat(), ms * rounds),
    ],
    late: ratiosOf({ calm, burdened }, (ended) => p99(served(ended))),
  };
}
