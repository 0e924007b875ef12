import { besiege, slowKinds } from '../../attack/slow-sockets.ts';
import type { Bar, Result } from '../figures.ts';
import { ratioOf } from '../figures.ts';
import { type Calls, type Ended, offered, p99, rowOf, served } from './calls.ts';

const SOCKETS = 1_000;
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
  const before = await normal();
  const rows: Result[] = [rowOf('short texts, no siege', before, MS)];
  const bars: Bar[] = [];
  for (const kind of slowKinds) {
    const target = { url: new URL(url), behind: () => [], address: '127.0.0.1' };
    const during = normal();
    const siege = await besiege(target, kind, SOCKETS);
    const ended: Ended[] = await during;
    const uncut = await siege.uncut;
    rows.push(rowOf(`short texts, ${SOCKETS} × ${kind}`, ended, MS));
    const added = ratioOf(p99(served(ended)), p99(served(before)));
    bars.push(
      { name: `${kind}: connections of ${SOCKETS} that are not cut`, atMost: 0, actual: uncut },
      { name: `${kind}: p99 of others ÷ before`, atMost: 1.2, actual: added },
    );
    tell(`${kind}: ${uncut} not cut, p99 of others × ${added}`);
  }
  return { rows, bars, notes: [] };
}
