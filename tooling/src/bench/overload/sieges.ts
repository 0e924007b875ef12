import { besiege, type SlowKind, slowKinds } from '../../attack/slow-sockets.ts';
import type { Part, Scene } from './scene.ts';
import { shortTexts } from './short-texts.ts';

const SOCKETS = 1_000;
const ROUNDS = 3;
/** As long as the longest deadline that a siege is cut by, and a little. */
const MS = 13_000;

/** A thousand slow connections of each kind, and how long the calls of others take meanwhile. */
export async function sieges(scene: Scene, url: string): Promise<Part> {
  const parts: Part[] = [];
  for (const kind of slowKinds) parts.push(await siege(kind, scene, url));
  return {
    rows: parts.flatMap(({ rows }) => rows),
    bars: parts.flatMap(({ bars }) => bars),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

async function siege(kind: SlowKind, scene: Scene, url: string): Promise<Part> {
  const { where, tell } = scene;
  const target = { url: new URL(url), behind: () => [], address: '127.0.0.1' };
  let uncut = 0;
  const burden = async () => {
    const { uncut: left } = await besiege(target, kind, SOCKETS);
    uncut += await left;
  };
  const names = { name: kind, title: kind, beside: `, ${SOCKETS} × ${kind}` };
  const { rows, bar, note, late } = await shortTexts({ scene, ms: MS, rounds: ROUNDS }, names, burden);
  tell(`${kind}: ${uncut} not cut, p99 of others × ${late.each.join(', ')} by round`);
  const cut = { name: `${where}${kind}: connections of ${SOCKETS} that are not cut`, atMost: 0, actual: uncut };
  return { rows, bars: [cut, bar], notes: [note] };
}
