import { type Check, type Finding, inSharedHouse } from './check.ts';
import { dayOf, type House, quiet } from './house.ts';
import { WORST_MICRO_USD, WORST_US } from './limits.ts';
import { load, runUntilDecided, serverOf } from './load.ts';

const WORK_MS = 5;
/** A thousandth of a dollar a second. */
const WORK_MICRO_USD = WORK_MS;
const IN_FLIGHT = 10;

/** Whether the model says what a cancelled run used; one that doesn't is cut off. */
interface Manner {
  readonly uid: string;
  readonly hearsCancel: boolean;
}

/** Calls, waits until the model has worked for it, and leaves without waiting for the reply. */
async function takeAndLeave(house: House, { uid, hearsCancel }: Manner, index: number): Promise<void> {
  const tag = `${uid}-${index}`;
  const leaving = new AbortController();
  const call = runUntilDecided(house, serverOf(house, index), {
    uid,
    behaviour: { tag, workMs: WORK_MS, ends: 'hang', hearsCancel },
    signal: leaving.signal,
  });
  await Promise.race([house.ran(tag), call]);
  leaving.abort();
  await call;
}

async function cancelled(house: House, manner: Manner, times: number): Promise<Finding> {
  const { uid, hearsCancel } = manner;
  await load({ calls: times, inFlight: IN_FLIGHT }, (index) => takeAndLeave(house, manner, index));
  await quiet(house, uid);
  const account = await house.accountOf(uid);
  const ran = (await house.executions()).filter(({ event, tag }) => event === 'ran' && tag.startsWith(`${uid}-`));
  const usedUs = new Map(ran.map(({ runId, us }) => [runId, us]));
  const free = account.runs.filter(({ runId, userUs }) => (userUs ?? 0) < (usedUs.get(runId) ?? 0));
  const above = account.runs.filter(({ userUs }) => (userUs ?? 0) > (hearsCancel ? WORK_MS * 1000 : WORST_US));
  const microUsd = hearsCancel ? WORK_MICRO_USD : WORST_MICRO_USD;
  const onCap = account.runs.filter(({ capMicroUsd }) => capMicroUsd === microUsd).length;
  const charged = account.runs.reduce((sum, { userUs }) => sum + (userUs ?? 0), 0);
  const { settled, held } = dayOf(account);
  const states = account.runs.filter(({ state }) => state === 'settled').length;
  const ok =
    ran.length === times &&
    states === times &&
    free.length === 0 &&
    above.length === 0 &&
    onCap === times &&
    settled === charged &&
    held === 0;
  const due = hearsCancel ? 'what ran' : 'the worst case';
  return {
    name: `cancel for free work: ${times} calls left after their dispatch, ${hearsCancel ? 'and the model says what ran' : 'from a model that is cut off'}`,
    ok,
    expected: `${times} ran and were settled, 0 charged less than ran, ${times} at ${due} on the cap, held 0`,
    actual: `${ran.length} ran, ${states} were settled, ${free.length} charged less than ran, ${onCap} at ${due} on the cap, held ${held}; charged ${charged} us for ${ran.length * WORK_MS * 1000} us of work`,
  };
}

export const cancelCheck: Check = {
  name: 'cancel',
  run: (setting) =>
    inSharedHouse(setting, 2, async (house) => {
      const times = setting.quick ? 50 : 1_000;
      return [
        await cancelled(house, { uid: 'canceller', hearsCancel: true }, times),
        await cancelled(house, { uid: 'unheard', hearsCancel: false }, times),
      ];
    }),
};
