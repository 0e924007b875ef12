import { type Check, type Finding, inSharedHouse } from './check.ts';
import { dayOf, type House, quiet } from './house.ts';
import { WORST_MICRO_USD, WORST_US } from './limits.ts';
import { load, runUntilDecided, serverOf } from './load.ts';

const WORK_MS = 5;
const IN_FLIGHT = 10;

/** Calls, waits until the model has worked for it, and leaves without waiting for the reply. */
async function takeAndLeave(house: House, uid: string, index: number): Promise<void> {
  const tag = `${uid}-${index}`;
  const leaving = new AbortController();
  const call = runUntilDecided(house, serverOf(house, index), {
    uid,
    behaviour: { tag, workMs: WORK_MS, ends: 'hang' },
    signal: leaving.signal,
  });
  await Promise.race([house.ran(tag), call]);
  leaving.abort();
  await call;
}

async function cancelled(house: House, times: number): Promise<Finding> {
  const uid = 'canceller';
  await load({ calls: times, inFlight: IN_FLIGHT }, (index) => takeAndLeave(house, uid, index));
  await quiet(house, uid);
  const account = await house.accountOf(uid);
  const ran = (await house.executions()).filter(({ event, tag }) => event === 'ran' && tag.startsWith(`${uid}-`));
  const usedUs = new Map(ran.map(({ runId, us }) => [runId, us]));
  const free = account.runs.filter(({ runId, userUs }) => (userUs ?? 0) < (usedUs.get(runId) ?? 0));
  const above = account.runs.filter(({ userUs }) => (userUs ?? 0) > WORST_US);
  const onCap = account.runs.filter(({ capMicroUsd }) => capMicroUsd === WORST_MICRO_USD).length;
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
  return {
    name: `cancel for free work: ${times} calls left after their dispatch`,
    ok,
    expected: `${times} ran and were settled, 0 charged less than ran, ${times} at the worst case on the cap, held 0`,
    actual: `${ran.length} ran, ${states} were settled, ${free.length} charged less than ran, ${onCap} at the worst case on the cap, held ${held}; charged ${charged} us for ${ran.length * WORK_MS * 1000} us of work`,
  };
}

export const cancelCheck: Check = {
  name: 'cancel',
  run: (setting) => inSharedHouse(setting, 2, async (house) => [await cancelled(house, setting.quick ? 50 : 1_000)]),
};
