import type { Bar, Result } from '../figures.ts';
import { type Calls, type Ended, offered, p99, rowOf, served } from './calls.ts';
import { inTurns, ratiosOf } from './turns.ts';

/** From one address, spread over a round. */
const FORGED = 1_000;
const FORGED_SECONDS = 10;
const ROUNDS = 5;
/** Short texts, well below what the model can do: what is late is late by the flood. */
const SENTENCES = 1;
const PER_SECOND = 40;
const USERS = 50;

interface Field {
  readonly calls: Calls;
  readonly quick: boolean;
  readonly seconds: (full: number) => number;
  readonly tell: (line: string) => void;
}

/** What forged tokens from one address take from others. No address has a rate here, so every token is looked at. */
export async function flood({ calls, quick, seconds, tell }: Field) {
  const ms = seconds(FORGED_SECONDS);
  const normal = () => offered({ perSecond: PER_SECOND, ms, call: (index) => calls.run(`normal-${index % USERS}`, SENTENCES) });
  const forge = () => offered({ perSecond: FORGED / FORGED_SECONDS, ms, call: calls.forged });
  const forged: Ended[] = [];
  const flooded = async () => {
    const [others, refused] = await Promise.all([normal(), forge()]);
    forged.push(...refused);
    return others;
  };
  await calls.run('normal-0', SENTENCES);
  const rounds = quick ? 1 : ROUNDS;
  const turns = await inTurns(rounds, normal, flooded);
  const { each, median } = ratiosOf(turns, (ended) => p99(served(ended)));
  const letIn = forged.filter(({ status }) => status !== 401).length;
  tell(`forged tokens: p99 of others × ${each.join(', ')} by round; ${letIn} of ${forged.length} not refused`);
  const rows: Result[] = [
    rowOf('short texts, no forged tokens', turns.calm.flat(), ms * rounds),
    rowOf('short texts beside forged tokens', turns.burdened.flat(), ms * rounds),
  ];
  const bars: Bar[] = [
    {
      name: `${FORGED} forged tokens in ${FORGED_SECONDS} s: p99 of others ÷ without, median of ${rounds}`,
      atMost: 1.2,
      actual: median,
    },
    { name: 'forged tokens that are not refused with 401', atMost: 0, actual: letIn },
  ];
  return { rows, bars, notes: [`With and without forged tokens in turn: p99 × ${each.join(', ')}.`] };
}
