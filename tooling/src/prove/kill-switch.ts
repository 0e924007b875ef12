import type { Answer } from './caller.ts';
import { type Check, type Finding, inSharedHouse } from './check.ts';
import type { House } from './house.ts';
import { load, runUntilDecided, serverOf } from './load.ts';
import { holdsWithin } from './poll.ts';
import { exactly, tally } from './row.ts';

const SERVERS = 3;
const BAR_MS = 1_000;
/** Runs before the switch is thrown, and the load goes on for as many after it as tell that nothing starts any more. */
const WARM_RUNS = 60;
const MOST_RUNS = 2_000;

async function setSwitch(house: House, on: boolean): Promise<void> {
  const { code } = await serverOf(house, 0).mutate('admin.setKillSwitch', { on }, { token: house.tokenOf('operator') });
  if (code !== 'ok') throw new Error(`admin.setKillSwitch ended with ${code}`);
}

const everyServer = (house: House, tag: string): Promise<Answer[]> =>
  load({ calls: SERVERS, inFlight: SERVERS }, (index) =>
    runUntilDecided(house, serverOf(house, index), { uid: 'kill-switch', behaviour: { tag: `${tag}-${index}` } }),
  );

const startsOf = async (house: House) =>
  (await house.executions()).filter(({ event, tag }) => event === 'start' && tag.startsWith('switch-'));

async function thrownUnderLoad(house: House): Promise<Finding> {
  let refusedBy = new Set<number>();
  let thrownAtMs = Number.POSITIVE_INFINITY;
  const loading = load({ calls: MOST_RUNS, inFlight: 20 }, async (index) => {
    if (refusedBy.size === SERVERS) return;
    const answer = await runUntilDecided(house, serverOf(house, index), {
      uid: `loaded-${index % 50}`,
      behaviour: { tag: `switch-${index}`, workMs: 5 },
    });
    if (answer.code === 'limit.killed') refusedBy = refusedBy.add(index % SERVERS);
  });
  await holdsWithin(20_000, async () => (await startsOf(house)).length >= WARM_RUNS);
  await setSwitch(house, true);
  thrownAtMs = Date.now();
  await loading;
  const codes = (await everyServer(house, 'killed')).map(({ code }) => code);
  const lateMs = Math.max(0, ...(await startsOf(house)).map(({ atMs }) => atMs - thrownAtMs));
  return {
    name: `kill switch: thrown under load over ${SERVERS} processes`,
    ok: lateMs <= BAR_MS && codes.every((code) => code === 'limit.killed') && refusedBy.size === SERVERS,
    expected: `the last run starts at most ${BAR_MS} ms after it, then ${SERVERS} limit.killed`,
    actual: `the last run started ${lateMs} ms after it, then ${tally(codes)}`,
  };
}

async function survivesRestarts(house: House): Promise<Finding> {
  await Promise.all(house.servers.map((server) => server.kill()));
  await Promise.all(house.servers.map((server) => server.start()));
  const killed = (await everyServer(house, 'restarted')).map(({ code }) => code);
  await setSwitch(house, false);
  const freed = (await everyServer(house, 'freed')).map(({ code }) => code);
  const expected = `${SERVERS} limit.killed; switched off: ${SERVERS} ok`;
  return {
    name: 'kill switch: after a restart of every process',
    ...exactly(expected, `${tally(killed)}; switched off: ${tally(freed)}`),
  };
}

export const killSwitchCheck: Check = {
  name: 'kill-switch',
  run: (setting) =>
    inSharedHouse(setting, SERVERS, async (house) => [await thrownUnderLoad(house), await survivesRestarts(house)]),
};
