import { type Check, type Finding, inHouse } from './check.ts';
import { type House } from './house.ts';
import { CAPPED_RUNS, tightCap, WORST_MICRO_USD } from './limits.ts';
import { load, runUntilDecided, serverOf } from './load.ts';
import { holdsWithin } from './poll.ts';
import { tally } from './row.ts';

const SERVERS = 3;
const CAP = CAPPED_RUNS * WORST_MICRO_USD;
/** The first runs use a seventh of the worst case: what they give back may be spent again, and no more. */
const CHEAP_RUNS = 42;
const CHEAP_MICRO_USD = WORST_MICRO_USD / 7;
/** After the cheap ones this many of the worst case fit. */
const DEAR_RUNS = Math.floor((CAP - CHEAP_RUNS * CHEAP_MICRO_USD) / WORST_MICRO_USD);

/** Looks at the cap all the while: its highest state is what counts, not the one at the end. */
async function watched<T>(house: House, work: () => Promise<T>): Promise<{ value: T; highest: number }> {
  let highest = 0;
  let over = false;
  const watch = holdsWithin(60_000, async () => {
    const { settled, held } = await house.cap();
    highest = Math.max(highest, settled + held);
    return over;
  });
  const value = await work().finally(() => {
    over = true;
  });
  await watch;
  return { value, highest };
}

async function overspend(house: House): Promise<Finding> {
  const { value: codes, highest } = await watched(house, async () => {
    // Few at a time: what is asked while the cap is full of holds is refused, and all of these have to fit.
    const cheap = await load({ calls: CHEAP_RUNS, inFlight: 6 }, (index) =>
      runUntilDecided(house, serverOf(house, index), {
        uid: `cheap-${index}`,
        behaviour: { tag: `cap-${index}`, report: '1000000' },
      }),
    );
    const dear = await load({ calls: 200, inFlight: 100 }, (index) =>
      runUntilDecided(house, serverOf(house, index), { uid: `dear-${index}`, behaviour: { tag: `cap-dear-${index}` } }),
    );
    return [...cheap, ...dear].map(({ code }) => code);
  });
  const starts = (await house.executions()).filter(({ event, tag }) => event === 'start' && tag.startsWith('cap-'));
  const dear = starts.filter(({ tag }) => tag.startsWith('cap-dear-')).length;
  const spent = (starts.length - dear) * CHEAP_MICRO_USD + dear * WORST_MICRO_USD;
  const { settled, held } = await house.cap();
  const others = codes.filter((code) => code !== 'ok' && code !== 'limit.spend_cap');
  const ok =
    highest <= CAP &&
    settled === spent &&
    held === 0 &&
    dear === DEAR_RUNS &&
    starts.length - dear === CHEAP_RUNS &&
    others.length === 0;
  return {
    name: `spend cap: 242 calls of as many users, 100 in flight, over ${SERVERS} processes`,
    ok,
    expected: `overspend 0: ${CHEAP_RUNS} cheap and ${DEAR_RUNS} dear runs, settled = spent, never above ${CAP} micro-USD`,
    actual: `${starts.length - dear} cheap and ${dear} dear runs, settled ${settled}, spent ${spent}, held ${held}, highest ${highest} (${tally(codes)})`,
  };
}

export const spendCapCheck: Check = {
  name: 'spend-cap',
  run: (setting) => inHouse(setting, { config: tightCap, servers: SERVERS }, async (house) => [await overspend(house)]),
};
