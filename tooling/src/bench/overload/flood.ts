import type { Bar } from '../figures.ts';
import { type Calls, type Ended, offered } from './calls.ts';
import type { Part } from './scene.ts';
import { shortTexts } from './short-texts.ts';

/** From one address, spread over a round. */
const FORGED = 1_000;
const FORGED_SECONDS = 10;
const ROUNDS = 5;

interface Field {
  readonly calls: Calls;
  readonly quick: boolean;
  readonly seconds: (full: number) => number;
  readonly tell: (line: string) => void;
}

/** What forged tokens from one address take from others. No address has a rate here, so every token is looked at. */
export async function flood({ calls, quick, seconds, tell }: Field): Promise<Part> {
  const ms = seconds(FORGED_SECONDS);
  const rounds = quick ? 1 : ROUNDS;
  const forged: Ended[] = [];
  const forge = async () => {
    forged.push(...(await offered({ perSecond: FORGED / FORGED_SECONDS, ms, call: calls.forged })));
  };
  await calls.run('normal-0', 1);
  const names = { without: 'no forged tokens', beside: ' beside forged tokens' };
  const { rows, late } = await shortTexts({ calls, ms, rounds }, names, forge);
  const letIn = forged.filter(({ status }) => status !== 401).length;
  tell(`forged tokens: p99 of others × ${late.each.join(', ')} by round; ${letIn} of ${forged.length} not refused`);
  const bars: Bar[] = [
    {
      name: `${FORGED} forged tokens in ${FORGED_SECONDS} s: p99 of others ÷ without, median of ${rounds}`,
      atMost: 1.2,
      actual: late.median,
    },
    { name: 'forged tokens that are not refused with 401', atMost: 0, actual: letIn },
  ];
  return { rows, bars, notes: [`With and without forged tokens in turn: p99 × ${late.each.join(', ')}.`] };
}
