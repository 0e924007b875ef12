import type { Bar, Result } from '../figures.ts';
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
  /** Of the burden. */
  readonly name: string;
  /** The same with how much of it there is. */
  readonly title: string;
  /** After "short texts", where there is the burden too. */
  readonly beside: string;
}

interface Burdened {
  readonly rows: readonly Result[];
  readonly bar: Bar;
  readonly note: string;
  /** Of the p99 of those that were served, with the burden ÷ without. */
  readonly late: Ratios;
}

const LATE_BAR = 1.2;

/** Short texts of many users, in turn without and beside what may make them late. */
export async function shortTexts({ scene, ms, rounds }: Load, names: Names, burden: () => Promise<unknown>): Promise<Burdened> {
  const { calls, where, quietPerSecond: perSecond } = scene;
  const normal = () => offered({ perSecond, ms, call: (index) => calls.run(`normal-${index % USERS}`, SENTENCES) });
  await calls.run('normal-0', SENTENCES);
  const { calm, burdened } = await inTurns(rounds, normal, async () => (await Promise.all([normal(), burden()]))[0]);
  const late = ratiosOf({ calm, burdened }, (ended) => p99(served(ended)));
  return {
    rows: [
      rowOf(`${where}short texts, no ${names.name}`, calm.flat(), ms * rounds),
      rowOf(`${where}short texts${names.beside}`, burdened.flat(), ms * rounds),
    ],
    bar: {
      name: `${where}${names.title}: p99 of others ÷ without, median of ${rounds}`,
      atMost: LATE_BAR,
      actual: late.median,
    },
    note: `${where}with and without ${names.name} in turn: p99 × ${late.each.join(', ')}.`,
    late,
  };
}
