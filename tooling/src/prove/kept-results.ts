import type { Answer } from './caller.ts';
import { type Check, type Finding, inHouse } from './check.ts';
import { dayOf, type House, quiet } from './house.ts';
import { exactLimits, WORST_US } from './limits.ts';
import { load, type RunOptions, runUntilDecided, serverOf } from './load.ts';
import { exactly, tally } from './row.ts';

const SERVERS = 2;
const CALLS = 100;

const words = (executions: number, charges: number): string => `${executions} executed, ${charges} charged`;

async function countOf(house: House, uid: string): Promise<string> {
  await quiet(house, uid);
  const starts = (await house.executions()).filter(({ event, tag }) => event === 'start' && tag === uid);
  return words(starts.length, dayOf(await house.accountOf(uid)).settled / WORST_US);
}

const optionsOf = (uid: string, more: Partial<RunOptions> = {}): RunOptions => ({
  uid,
  key: crypto.randomUUID(),
  behaviour: { tag: uid, workMs: 100 },
  ...more,
});

const runIdOf = ({ data }: Answer): string | undefined => (data as { receipt?: { runId: string } } | undefined)?.receipt?.runId;

/** Whoever asks, and whichever server: the first answer, also where another server has worked. */
async function shared(house: House): Promise<Finding> {
  const uid = 'kept-shared';
  const options = optionsOf(uid);
  const answers = await load({ calls: CALLS, inFlight: CALLS }, (index) =>
    runUntilDecided(house, serverOf(house, index), options),
  );
  const other = await load({ calls: SERVERS, inFlight: SERVERS }, (index) =>
    runUntilDecided(house, serverOf(house, index), { ...options, key: crypto.randomUUID() }),
  );
  const runs = new Set(answers.map(runIdOf)).size;
  return {
    name: `kept results: ${CALLS} calls with one key, then the same input with others, over ${SERVERS} processes and one Redis`,
    ...exactly(
      `${CALLS} ok of 1 run, then ${SERVERS} ok; ${words(1, 1)}`,
      `${tally(answers.map(({ code }) => code))} of ${runs} run, then ${tally(other.map(({ code }) => code))}; ${await countOf(house, uid)}`,
    ),
  };
}

/** Results are a comfort: what Redis forgets is told as gone, and money is somewhere else. */
async function killed(house: House): Promise<Finding> {
  const uid = 'kept-killed';
  const [before, during] = [optionsOf(uid), optionsOf(uid, { words: 'While Redis is gone.' })];
  const ask = async (options: RunOptions) =>
    (await load({ calls: SERVERS, inFlight: 1 }, (index) => runUntilDecided(house, serverOf(house, index), options)))
      .map(({ code }) => code)
      .join(', ');
  const seen = [await ask(before)];
  await house.redis?.kill();
  seen.push(await ask(before), await ask(during));
  await house.redis?.start();
  seen.push(await ask(before), await ask(during));
  const [kept, gone] = ['ok, ok', 'run.result_gone, run.result_gone'];
  return {
    name: 'kept results: Redis killed between two calls with one key, and started again',
    ...exactly(
      `${[kept, gone, 'ok, run.result_gone', gone, gone].join('; ')}; ${words(2, 2)}`,
      `${seen.join('; ')}; ${await countOf(house, uid)}`,
    ),
  };
}

export const keptResultsCheck: Check = {
  name: 'kept-results',
  run: (setting) =>
    inHouse(setting, { config: exactLimits, servers: SERVERS, redis: ['RESULTS_URL'] }, async (house) => [
      await shared(house),
      await killed(house),
    ]),
};
