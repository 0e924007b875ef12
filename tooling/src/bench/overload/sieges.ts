import { besiege, slowKinds } from '../../attack/slow-sockets.ts';
import type { Bar, Result } from '../figures.ts';
import { type Calls, type Ended, offered, p99, rowOf, served } from './calls.ts';
import { inTurns, ratiosOf } from './turns.ts';

const SOCKETS = 1_000;
const ROUNDS = 3;
/** Short texts, well below what the model can do: what is late is late by the siege. */
const SENTENCES = 1;
const PER_SECOND = 40;
/** As long as the longest deadline that a siege is cut by, and a little. */
const MS = 13_000;

interface Field {
  readonly calls: Calls;
  readonly url: string;
  readonly tell: (line: string) => void;
}

/** A thousand slow connections of each kind, and how long the calls of others take meanwhile. */
export async function sieges({ calls, url, tell }: Field) {
  const normal = () => offered({ perSecond: PER_SECOND, ms: MS, call: (index) => calls.run(`normal-${index % 50}`, SENTENCES) });
  await calls.run('normal-0', SENTENCES);
  const rows: Result[] = [];
  const bars: Bar[] = [];
  const notes: string[] = [];
  for (const kind of slowKinds) {
    const target = { url: new URL(url), behind: () => [], address: '127.0.0.1' };
    let uncut = 0;
    const besieged = async (): Promise<Ended[]> => {
      const during = normal();
      const siege = await besiege(target, kind, SOCKETS);
      const ended = await during;
      uncut += await siege.uncut;
      return ended;
    };
    const turns = await inTurns(ROUNDS, normal, besieged);
    const { each, median } = ratiosOf(turns, (ended) => p99(served(ended)));
    rows.push(
      rowOf(`short texts, no ${kind}`, turns.calm.flat(), MS * ROUNDS),
      rowOf(`short texts, ${SOCKETS} × ${kind}`, turns.burdened.flat(), MS * ROUNDS),
    );
    bars.push(
      { name: `${kind}: connections of ${SOCKETS} that are not cut`, atMost: 0, actual: uncut },
      { name: `${kind}: p99 of others ÷ without, median of ${ROUNDS}`, atMost: 1.2, actual: median },
    );
    notes.push(`With and without ${kind} in turn: p99 × ${each.join(', ')}.`);
    tell(`${kind}: ${uncut} not cut, p99 of others × ${each.join(', ')} by round`);
  }
  return { rows, bars, notes };
}
