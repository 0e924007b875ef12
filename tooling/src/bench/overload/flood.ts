import { type Ended, offered } from './calls.ts';
import type { Part, Scene } from './scene.ts';
import { shortTexts } from './short-texts.ts';

/** From one address, spread over a round. */
const FORGED = 1_000;
const FORGED_SECONDS = 10;

/** What forged tokens from one address take from others. No address has a rate here, so every token is looked at. */
export async function flood(scene: Scene): Promise<Part> {
  const { calls, where, rounds, seconds, tell } = scene;
  const ms = seconds(FORGED_SECONDS);
  const forged: Ended[] = [];
  const forge = async () => {
    forged.push(...(await offered({ perSecond: FORGED / FORGED_SECONDS, ms, call: calls.forged })));
  };
  const title = `${FORGED} forged tokens in ${FORGED_SECONDS} s`;
  const names = { name: 'forged tokens', title, beside: ' beside forged tokens' };
  const { rows, bar, note, late } = await shortTexts({ scene, ms, rounds }, names, forge);
  const letIn = forged.filter(({ status }) => status !== 401).length;
  tell(`forged tokens: p99 of others × ${late.each.join(', ')} by round; ${letIn} of ${forged.length} not refused`);
  return {
    rows,
    bars: [bar, { name: `${where}forged tokens that are not refused with 401`, atMost: 0, actual: letIn }],
    notes: [note],
  };
}
