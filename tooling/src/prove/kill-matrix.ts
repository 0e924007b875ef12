import type { AccountExport } from '@twohop/quota';
import type { Execution } from './behaviour.ts';
import type { Answer } from './caller.ts';
import { type Check, type Finding, inHouse, type Setting } from './check.ts';
import { dayOf, type House, type Part } from './house.ts';
import { shortLeases, WORST_MICRO_USD, WORST_US } from './limits.ts';
import { isPassing, load, runOn, serverOf } from './load.ts';
import { holdsWithin, pause } from './poll.ts';
import type { Verdict } from './row.ts';

const SERVERS = 2;
const USERS = 6;
const CALLS = 24;
const FULL_KILLS = 104;
const QUICK_KILLS = 8;
const TRIES = 60;
const FREE_TIMEOUTS = 3;
/** A stop may be longer than a lease (2 s): then others have ended the lease when the stopped one goes on. */
const LONGEST_STOP_MS = 2_600;

const targets = ['the server', 'the model', 'the store', 'Redis'] as const;
const signals = ['SIGKILL', 'SIGSTOP'] as const;
export type Kill = `${(typeof signals)[number]} of ${(typeof targets)[number]}`;
const kills = signals.flatMap((signal) => targets.map((target) => `${signal} of ${target}` as const));

const upTo = (most: number): number => Math.floor(Math.random() * most);

const startsOf = async (house: House, name: string): Promise<Execution[]> =>
  (await house.executions()).filter(({ event, tag }) => event === 'start' && tag.startsWith(`${name}/`));

interface Strike {
  readonly kill: Kill;
  /** Of the round. */
  readonly name: string;
}

/** Strikes in mid-load, and brings everything back. */
async function strike(house: House, { kill, name }: Strike, setting: Setting): Promise<void> {
  const part: Record<string, Part | undefined> = {
    server: serverOf(house, upTo(SERVERS)),
    model: house.model,
    Redis: house.redis,
  };
  const target = part[kill.split(' ').at(-1) ?? ''];
  await holdsWithin(5_000, async () => (await startsOf(house, name)).length > 0);
  await pause(upTo(250));
  if (!target) {
    const end = await (kill.startsWith('SIGKILL') ? setting.store.killed : setting.store.stopped).begin({ ...setting, house });
    await pause(upTo(kill.startsWith('SIGKILL') ? 300 : LONGEST_STOP_MS));
    await end();
  } else if (kill.startsWith('SIGKILL')) {
    await target.kill();
    await target.start();
  } else {
    target.signal('SIGSTOP');
    await pause(upTo(LONGEST_STOP_MS));
    target.signal('SIGCONT');
  }
}

/** What a client was told in the end. `timeouts`: so many times before, and then, that the model did not answer in time. */
type Told = Answer & { readonly tag: string; readonly uid: string; readonly timeouts: number };

export interface Round {
  readonly executions: readonly Execution[];
  readonly accounts: readonly AccountExport[];
  readonly answers: readonly Told[];
  /** What the round added to the project's spend of the day. */
  readonly capMicroUsd: number;
}

/** A client that tries again with the same key: what was refused for the moment, and twice what got no answer. */
async function persistent(house: House, tag: string, index: number): Promise<Told> {
  const key = crypto.randomUUID();
  let unanswered = 0;
  let timeouts = 0;
  for (let attempt = 0; ; attempt += 1) {
    const server = serverOf(house, index + attempt);
    const uid = `${tag.split('/')[0]}-user-${index % USERS}`;
    const answer = await runOn(house, server, { uid, key, behaviour: { tag, workMs: 5 + upTo(60) } });
    if (!isPassing(answer)) unanswered += 1;
    if (answer.code === 'upstream.timeout') timeouts += 1;
    if (answer.code === 'ok' || unanswered > 2 || attempt === TRIES) return { ...answer, tag, uid, timeouts };
    await pause(50);
  }
}

async function round(house: House, name: string, strikes: () => Promise<void>): Promise<Round> {
  const before = await house.cap();
  const loading = load({ calls: CALLS, inFlight: 12 }, (index) => persistent(house, `${name}/${index}`, index));
  await strikes();
  const answers = await loading;
  const uids = Array.from({ length: USERS }, (_, index) => `${name}-user-${index}`);
  const look = () => Promise.all(uids.map((uid) => house.accountOf(uid)));
  await holdsWithin(15_000, async () => (await look()).every((account) => dayOf(account).held === 0));
  await holdsWithin(15_000, async () => (await house.cap()).held === 0);
  const executions = (await house.executions()).filter(({ tag }) => tag.startsWith(`${name}/`));
  return { executions, accounts: await look(), answers, capMicroUsd: (await house.cap()).settled - before.settled };
}

/** What is wrong when the ledger is held against the model's own log, by run id. */
export function reconcile({ executions, accounts, answers, capMicroUsd }: Round): string[] {
  const runs = new Map(accounts.flatMap((account) => account.runs).map((run) => [run.runId, run]));
  const starts = executions.filter(({ event }) => event === 'start');
  const onCap = (runId: string): number => {
    const run = runs.get(runId);
    if (run?.state === 'expired' || run?.state === 'held') return WORST_MICRO_USD;
    return run?.state === 'settled' ? (run.capMicroUsd ?? 0) : 0;
  };
  const lost = starts
    .filter(({ runId }) => onCap(runId) < WORST_MICRO_USD)
    .map(({ runId }) => `lost ${runId}: ${runs.get(runId)?.state ?? 'gone'}`);
  const executedTwice = starts.filter(({ runId }, index) => starts.findIndex((other) => other.runId === runId) !== index);
  const charges = starts
    .map(({ runId, tag }) => ({ tag, userUs: runs.get(runId)?.userUs ?? 0 }))
    .filter(({ userUs }) => userUs > 0);
  const chargedTwice = [...new Set(charges.map(({ tag }) => tag))].filter((tag) => {
    const own = charges.filter((charge) => charge.tag === tag);
    const results = own.filter(({ userUs }) => userUs >= WORST_US);
    return results.length > 1 || own.length > 1 + chargedTimeouts(answers, tag);
  });
  const unpaid = answers.filter(({ code, data }) => {
    const { runId } = (data as { receipt?: { runId: string } } | undefined)?.receipt ?? { runId: '' };
    return code === 'ok' && runs.get(runId)?.state !== 'settled';
  });
  const held = accounts.filter((account) => dayOf(account).held > 0).length;
  const sum = [...runs.keys()].reduce((total, runId) => total + onCap(runId), 0);
  return [
    ...lost,
    ...executedTwice.map(({ runId }) => `doubled: ${runId} was executed twice`),
    ...chargedTwice.map((tag) => `doubled: ${tag} was charged twice`),
    ...unpaid.map(({ tag }) => `unpaid: ${tag} was answered and is not settled`),
    ...(held > 0 ? [`held: ${held} users after the lease`] : []),
    ...(capMicroUsd === sum ? [] : [`the cap rose by ${capMicroUsd}, its runs cost ${sum}`]),
  ];
}

/** A user whose runs time out again and again pays for the time that they took, which is less than a result is: so many times at most. */
function chargedTimeouts(answers: readonly Told[], tag: string): number {
  const own = answers.find((answer) => answer.tag === tag);
  const all = answers.filter(({ uid }) => uid === own?.uid).reduce((sum, { timeouts }) => sum + timeouts, 0);
  return Math.min(own?.timeouts ?? 0, Math.max(0, all - FREE_TIMEOUTS));
}

interface Struck {
  readonly kill: Kill;
  readonly executed: number;
  readonly problems: readonly string[];
}

const words = (times: number, executed: number): string =>
  `${times} times, ${executed} runs executed: lost 0, doubled 0, held 0 after the lease`;

function verdictOf(struck: readonly Struck[]): Verdict {
  const executed = struck.reduce((sum, each) => sum + each.executed, 0);
  const problems = struck.flatMap((each) => each.problems);
  const expected = words(struck.length, executed);
  const ok = problems.length === 0 && executed > 0;
  return { ok, expected, actual: ok ? expected : problems.slice(0, 5).join('; ') || 'nothing was executed' };
}

/** After a model that failed the servers give it a pause: what is struck then proves little. */
const serves = (house: House): Promise<boolean[]> =>
  Promise.all(
    house.servers.map((server) =>
      holdsWithin(15_000, async () => {
        const behaviour = { tag: 'warm/up' };
        return (await runOn(house, server, { uid: 'warm', behaviour, words: crypto.randomUUID() })).code === 'ok';
      }),
    ),
  );

export const killMatrixCheck: Check = {
  name: 'kill-matrix',
  run: (setting) =>
    inHouse(setting, { config: shortLeases, servers: SERVERS, redis: ['RATE_URL', 'RESULTS_URL'] }, async (house) => {
      const struck: Struck[] = [];
      const times = setting.quick ? QUICK_KILLS : FULL_KILLS;
      for (let index = 0; index < times; index += 1) {
        const kill = kills[index % kills.length] ?? 'SIGKILL of the server';
        await serves(house);
        await holdsWithin(10_000, async () => (await house.cap()).held === 0);
        const name = `round-${index}`;
        const seen = await round(house, name, () => strike(house, { kill, name }, setting));
        const executed = seen.executions.filter(({ event }) => event === 'start').length;
        struck.push({ kill, executed, problems: reconcile(seen) });
      }
      const findings: Finding[] = kills.map((kill) => ({
        name: `kill matrix: ${kill}`,
        ...verdictOf(struck.filter((each) => each.kill === kill)),
      }));
      return findings;
    }),
};
