import type { Answer } from './caller.ts';
import { type Check, type Finding, inSharedHouse, type Setting } from './check.ts';
import { dayOf, type House, quiet } from './house.ts';
import { WORST_US } from './limits.ts';
import { load, runUntilDecided, serverOf } from './load.ts';
import { exactly, tally } from './row.ts';

const CALLS = 100;

interface Once {
  readonly executions: number;
  readonly charges: number;
}

const words = ({ executions, charges }: Once): string => `${executions} execution, ${charges} charge`;
const once = words({ executions: 1, charges: 1 });

async function countOf(house: House, uid: string): Promise<Once> {
  await quiet(house, uid);
  const { settled } = dayOf(await house.accountOf(uid));
  const starts = (await house.executions()).filter(({ event, tag }) => event === 'start' && tag === uid);
  return { executions: starts.length, charges: settled / WORST_US };
}

/** Payloads are in the memory of one process: the others know that the run is settled, and say so. */
const isKnown = ({ code }: Answer): boolean => code === 'ok' || code === 'run.result_gone';

async function sameKey(house: House, processes: number): Promise<Finding[]> {
  const uid = `key-${processes}`;
  const within = { ...house, servers: house.servers.slice(0, processes) };
  const options = { uid, key: crypto.randomUUID(), behaviour: { tag: uid, workMs: 300 } };
  // A slow disk may refuse for its deadline; the key makes coming again safe, which is what is shown here.
  const answers = await load({ calls: CALLS, inFlight: CALLS }, (index) =>
    runUntilDecided(house, serverOf(within, index), options),
  );
  const first = exactly(once, words(await countOf(house, uid)));
  const others = await load({ calls: processes, inFlight: processes }, (index) =>
    runUntilDecided(house, serverOf(within, index), { ...options, words: 'Another sentence.' }),
  );
  const counted = tally(answers.map(({ code }) => code));
  return [
    {
      name: `idempotency: ${CALLS} calls with one key over ${processes} processes`,
      ...first,
      ok: first.ok && answers.every(isKnown) && answers.some(({ code }) => code === 'ok'),
      actual: `${first.actual} (${counted})`,
    },
    {
      name: `idempotency: the same key with another body over ${processes} processes`,
      ...exactly(
        `${processes} run.conflict, status 409; ${once}`,
        `${tally(others.map(({ code }) => code))}, status ${[...new Set(others.map(({ status }) => status))].join(' ')}; ${words(await countOf(house, uid))}`,
      ),
    },
  ];
}

async function afterRestart(house: House): Promise<Finding> {
  const uid = 'key-restart';
  const server = serverOf(house, 0);
  const options = { uid, key: crypto.randomUUID(), behaviour: { tag: uid } };
  const before = await runUntilDecided(house, server, options);
  await server.kill();
  await server.start();
  const after = await runUntilDecided(house, server, options);
  const actual = `${before.code}, then ${after.code}: ${words(await countOf(house, uid))}`;
  return { name: 'idempotency: the same key after a restart', ...exactly(`ok, then run.result_gone: ${once}`, actual) };
}

export const idempotencyCheck: Check = {
  name: 'idempotency',
  run: (setting: Setting) =>
    inSharedHouse(setting, 3, async (house) => [
      ...(await sameKey(house, 1)),
      ...(await sameKey(house, 3)),
      await afterRestart(house),
    ]),
};
