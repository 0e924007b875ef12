import { ratioOf } from '../figures.ts';
import { type Ended, offered, rowOf, served } from './calls.ts';
import { type Part, ROUND_SECONDS, type Scene, SENTENCES } from './scene.ts';
import { inTurns } from './turns.ts';

const OTHERS = 20;
const HOG_TIMES = 100;
/** Of the peak, by all the others together: what a quiet hour is. */
const OTHERS_SHARE = 0.5;

/** What one user who asks a hundred times as often as each of the others takes from them. */
export async function fairness({ calls, where, seconds, rounds, tell }: Scene, peakPerSecond: number): Promise<Part> {
  const ms = seconds(ROUND_SECONDS);
  const perSecond = OTHERS_SHARE * peakPerSecond;
  const others = () => offered({ perSecond, ms, call: (index) => calls.run(`other-${index % OTHERS}`, SENTENCES) });
  const hog = () => offered({ perSecond: (HOG_TIMES * perSecond) / OTHERS, ms, call: () => calls.run('hog', SENTENCES) });
  const { calm, burdened } = await inTurns(rounds, others, async () => (await Promise.all([others(), hog()]))[0]);
  // Of all rounds together: one round is too few calls for a share.
  const [alone, beside] = [calm.flat(), burdened.flat()];
  const shareOf = (ended: readonly Ended[]) => served(ended).length / ended.length;
  const rows = [
    rowOf(`${where}${OTHERS} users`, alone, ms * rounds),
    rowOf(`${where}${OTHERS} users beside one at ${HOG_TIMES} times`, beside, ms * rounds),
  ];
  tell(`others: ${shareOf(alone).toFixed(3)} served alone, ${shareOf(beside).toFixed(3)} beside one greedy user`);
  const name = `${where}share of the others’ runs that are served, beside one user at ${HOG_TIMES} times ÷ without`;
  return { rows, bars: [{ name, atLeast: 0.95, actual: ratioOf(shareOf(beside), shareOf(alone)) }], notes: [] };
}
