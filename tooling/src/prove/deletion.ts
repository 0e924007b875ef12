import { type Check, type Finding, inSharedHouse } from './check.ts';
import { dayOf, type House } from './house.ts';
import { WORST_MICRO_USD } from './limits.ts';
import { runUntilDecided, serverOf } from './load.ts';
import { holdsWithin } from './poll.ts';
import { exactly } from './row.ts';

const isEmpty = ({ usage, runs, windows }: Awaited<ReturnType<House['accountOf']>>): boolean =>
  usage.length + runs.length + windows.length === 0;

/** The account goes while one of its runs is in the model: its late settle pays the cap and brings nobody back. */
async function deletedInMidRun(house: House): Promise<Finding> {
  const uid = 'leaver';
  const token = house.tokenOf(uid);
  const capBefore = await house.cap();
  const running = runUntilDecided(house, serverOf(house, 0), { uid, behaviour: { tag: uid, workMs: 400 } });
  // The estimate or, where the servers know nothing of runs like it, the worst case.
  let heldUs = 0;
  const isHeld = await holdsWithin(5_000, async () => (heldUs = dayOf(await house.accountOf(uid)).held) > 0);
  const deleted = await serverOf(house, 1).mutate('account.delete', undefined, { token });
  const { code } = await running;
  await holdsWithin(5_000, async () => (await house.cap()).held === 0);
  const cap = await house.cap();
  const named = (await house.store.texts()).filter((text) => text.includes(uid)).length;
  const quota = await serverOf(house, 1).query('account.quota', { token });
  const { usedUs } = (quota.data as { computeDay: { usedUs: number } }).computeDay;
  const words = (values: readonly (string | number)[]) =>
    `delete ${values[0]}, run ${values[1]}, account ${values[2]}, ${values[3]} texts with the uid, cap +${values[4]}, the same person starts with ${values[5]} us used`;
  const actual = [
    deleted.code,
    code,
    isEmpty(await house.accountOf(uid)) ? 'empty' : 'not empty',
    named,
    cap.settled - capBefore.settled,
    usedUs,
  ];
  return {
    name: 'account deleted in mid-run',
    ...exactly(words(['ok', 'ok', 'empty', 0, WORST_MICRO_USD, isHeld ? heldUs : 'what was held']), words(actual)),
  };
}

export const deletionCheck: Check = {
  name: 'deletion',
  run: (setting) => inSharedHouse(setting, 2, async (house) => [await deletedInMidRun(house)]),
};
