import type { Result } from '../figures.ts';
import { offered, p99, rowOf, served } from './calls.ts';
import type { Scene } from './scene.ts';
import { inTurns, type Ratios, ratiosOf } from './turns.ts';

const SENTENCES = 1;
const USERS = 50;

interface Load {
  readonly scene: Scene;
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
export async function shortTexts({ scene, ms, rounds }: Load, names: Names, burden: () => Promise<unknown>): Promise<Burdened> {
  const { calls, where, quietPerSecond: perSecond } = scene;
  const normal = () => offered({ perSecond, ms, call: (index) => calls.run(`normal-${index % USERS}`, SENTENCES) });
  const { calm, burdened } = await inTurns(rounds, normal, async () => (await Promise.all([normal(), burden()]))[0]);
  return {
    rows: [
      rowOf(`${where}short texts, ${names.without}`, calm.flat(), ms * rounds),
      rowOf(`${where}short texts${names.beside}`, burdened.flat(), ms * rounds),
    ],
    late: ratiosOf({ calm, burdened }, (ended) => p99(served(ended))),
  };
}
