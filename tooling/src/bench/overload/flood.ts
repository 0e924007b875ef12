import { type Bar, quantile, ratioOf, type Result } from '../figures.ts';
import { type Calls, type Ended, offered, p99, rowOf, served } from './calls.ts';

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

/**
 * What forged tokens from one address take from others: rounds with and without them in turn, each pair in the other order than
 * the one before, so that a machine that grows slower favours neither. No address has a rate here, so every token is looked at.
 */
export async function flood({ calls, quick, seconds, tell }: Field) {
  const ms = seconds(FORGED_SECONDS);
  const normal = () => offered({ perSecond: PER_SECOND, ms, call: (index) => calls.run(`normal-${index % USERS}`, SENTENCES) });
  const forge = () => offered({ perSecond: FORGED / FORGED_SECONDS, ms, call: calls.forged });
  const [quiet, beside, forged]: [Ended[][], Ended[][], Ended[]] = [[], [], []];
  const flooded = async () => {
    const [others, refused] = await Promise.all([normal(), forge()]);
    beside.push(others);
    forged.push(...refused);
  };
  const rounds = quick ? 1 : ROUNDS;
  await calls.run('normal-0', SENTENCES);
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 1) await flooded();
    quiet.push(await normal());
    if (round % 2 === 0) await flooded();
  }
  const ratios = quiet.map((calm, round) => ratioOf(p99(served(beside[round] ?? [])), p99(served(calm))));
  const median = quantile(ratios, 0.5);
  const letIn = forged.filter(({ status }) => status !== 401).length;
  tell(`forged tokens: p99 of others × ${ratios.join(', ')} by round; ${letIn} of ${forged.length} not refused`);
  const rows: Result[] = [
    rowOf('short texts, no forged tokens', quiet.flat(), ms * rounds),
    rowOf('short texts beside forged tokens', beside.flat(), ms * rounds),
  ];
  const bars: Bar[] = [
    {
      name: `${FORGED} forged tokens in ${FORGED_SECONDS} s: p99 of others ÷ without, median of ${rounds}`,
      atMost: 1.2,
      actual: median,
    },
    { name: 'forged tokens that are not refused with 401', atMost: 0, actual: letIn },
  ];
  return { rows, bars, notes: [`With and without forged tokens in turn: p99 × ${ratios.join(', ')}.`] };
}
