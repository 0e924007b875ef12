import type { Store } from '@twohop/quota';
import { dueOf } from './endings.ts';
import { type Attempt, nothing, type Share } from './history.ts';
import { CAP_LIMIT, CONCURRENT_RUNS, DAY_LIMIT_US } from './scene.ts';
import type { World } from './world.ts';

interface Balance {
  readonly settled: number;
  readonly held: number;
}

/** What the rules remember from step to step. */
export interface Memory {
  /** What a deleted account had used, by owner: its successor starts with it. */
  readonly carried: Map<string, number>;
  /** How often what was reached: a schedule in which nothing happens proves nothing. */
  readonly reached: Map<string, number>;
}

const reach = ({ reached }: Memory, what: string): void => void reached.set(what, (reached.get(what) ?? 0) + 1);

const day = (scope: string, unit: 'computeUs' | 'microUsd', nowMs: number) =>
  ({ scope, unit, window: Math.floor(nowMs / 86_400_000), amount: 0, limit: 0, code: 'limit.quota', resetsAtMs: 0 }) as const;

async function balancesOf(world: World, owner: string): Promise<{ user: Balance; cap: Balance; running: number }> {
  const nowMs = world.time.nowMs();
  const person = `person:${owner.split('|')[1]}@${world.schedule}`;
  const lines = [day(`user-day:${owner}`, 'computeUs', nowMs), day(`cap-day:${world.schedule}`, 'microUsd', nowMs)];
  const { lines: found, running } = await world.store.usage({ owner, person, lines, nowMs });
  const [user, cap] = found;
  if (!user || !cap) throw new Error('the ledger left out a line');
  return { user, cap, running };
}

const ownersOf = ({ attempts }: World): string[] => [...new Set(attempts.map(({ owner }) => owner))];

/** Brings what each run adds to the budgets up to date with the ledger's own records. */
async function look(world: World, store: Store): Promise<void> {
  const accounts = await Promise.all(ownersOf(world).map(async (owner) => ({ owner, ...(await store.exportAccount(owner)) })));
  for (const { owner, runs } of accounts) {
    const records = new Map(runs.map((run) => [run.runId, run]));
    for (const attempt of world.attempts.filter((each) => each.owner === owner)) {
      const record = records.get(attempt.runId);
      if (record)
        attempt.last = shareOf(attempt, { ...record, userUs: record.userUs ?? 0, capMicroUsd: record.capMicroUsd ?? 0 });
      else if (attempt.deleted) attempt.last = await orphanShare(attempt, store);
      else attempt.last = { ...nothing, state: 'missing' };
      attempt.everExpired ||= attempt.last.state === 'expired';
    }
  }
}

function shareOf(
  attempt: Attempt,
  { state, userUs, capMicroUsd }: { state: string; userUs: number; capMicroUsd: number },
): Share {
  const { estimateUs, worstMicroUsd } = attempt;
  if (state === 'held') return { ...nothing, state, userHeld: estimateUs, capHeld: worstMicroUsd };
  if (state === 'settled') return { ...nothing, state, userSettled: userUs, capSettled: capMicroUsd };
  return { ...nothing, state, capSettled: state === 'expired' ? worstMicroUsd : 0 };
}

/** Of a run whose account is gone only the state is kept; what it costs follows from how it ended. */
async function orphanShare(attempt: Attempt, store: Store): Promise<Share> {
  const run = await store.runOf(attempt.runId);
  if (!run) return attempt.last;
  const capMicroUsd = attempt.ended ? dueOf(attempt.ended.ending, attempt.ended.wallUs).capUs : 0;
  return { ...shareOf(attempt, { state: run.state, userUs: 0, capMicroUsd }), userSettled: 0, userHeld: 0 };
}

/** Its user tried again with the same key after its lease had ended: nobody pays twice. */
const isTakenOver = ({ attempts }: World, { owner, key, runId, everExpired }: Attempt): boolean =>
  everExpired && attempts.findLast((other) => other.owner === owner && other.key === key)?.runId !== runId;

/** Whether a run may stand as it stands, by what happened to it. */
function illegal(world: World, attempt: Attempt): string | null {
  const { last, sentAtMs, ended, faulted } = attempt;
  const waits = last.state === 'held' || last.state === 'expired';
  if (last.state === 'missing') return 'the ledger lost a run';
  if (attempt.deleted) return null;
  const neverSent = sentAtMs === null || ended?.ending.kind === 'never sent';
  if (last.state === 'released') return neverSent ? null : 'given back after its dispatch';
  if (waits) return ended === null || faulted || attempt.abandoned ? null : 'ended and not settled';
  if (sentAtMs === null || ended === null) return 'settled before it ended';
  if (neverSent) return 'settled though it was never sent';
  const { capUs, userUs } = dueOf(ended.ending, ended.wallUs);
  if (last.capSettled !== capUs) return `the cap was charged ${last.capSettled} for ${JSON.stringify(ended)}`;
  if (isTakenOver(world, attempt) && last.userSettled === 0) return null;
  return userUs.includes(last.userSettled) ? null : `the user was charged ${last.userSettled} for ${JSON.stringify(ended)}`;
}

const sum = (shares: readonly Share[], field: Exclude<keyof Share, 'state'>): number =>
  shares.reduce((total, share) => total + share[field], 0);

/**
 * Every invariant of DESIGN §4, after each step. `atRefusal`: nothing has happened since what was refused in this step.
 *
 * @throws Error naming what is broken
 */
export async function judge(world: World, memory: Memory, atRefusal = false): Promise<void> {
  const looking = ownersOf(world).map(async (owner) => ({ owner, ...(await balancesOf(world, owner)) }));
  const [balances] = await Promise.all([Promise.all(looking), look(world, world.store)]);
  const problems = world.attempts.flatMap((attempt) => illegal(world, attempt) ?? []);
  if (world.doubled.length > 0) problems.push('a key was executed twice');
  const shares = world.attempts.map(({ last }) => last);
  for (const { owner, user, cap, running } of balances) {
    const own = world.attempts.filter((attempt) => attempt.owner === owner && !attempt.deleted);
    problems.push(
      ...amounts({ user, cap }),
      ...capProblems(cap, shares),
      ...userProblems(user, own, memory.carried.get(owner) ?? 0),
      ...(atRefusal ? refusalProblems(world, owner, { user, cap, running }) : []),
      ...(running > CONCURRENT_RUNS ? [`${running} runs at a time`] : []),
    );
  }
  for (const { code } of world.refusals) reach(memory, code);
  world.refusals.length = 0;
  if (problems.length > 0) throw new Error(problems.join('; '));
}

const amounts = (balances: Record<string, Balance>): string[] =>
  Object.entries(balances).flatMap(([name, balance]) =>
    Object.entries(balance)
      .filter(([, value]) => !Number.isSafeInteger(value) || value < 0)
      .map(([part, value]) => `${name} ${part} is ${value}`),
  );

function capProblems(cap: Balance, shares: readonly Share[]): string[] {
  const problems: string[] = [];
  if (cap.settled + cap.held > CAP_LIMIT) problems.push(`the cap stands at ${cap.settled} + ${cap.held}, above ${CAP_LIMIT}`);
  if (cap.settled !== sum(shares, 'capSettled'))
    problems.push(`the cap has ${cap.settled} settled, its runs ${sum(shares, 'capSettled')}`);
  if (cap.held !== sum(shares, 'capHeld')) problems.push(`the cap has ${cap.held} held, its runs ${sum(shares, 'capHeld')}`);
  return problems;
}

/** The overshoot is what runs used above what was held for them at that time. */
function userProblems(user: Balance, own: readonly Attempt[], carried: number): string[] {
  const shares = own.map(({ last }) => last);
  const settled = carried + sum(shares, 'userSettled');
  const held = sum(shares, 'userHeld');
  const overshoot = own.reduce((total, { last, everExpired, estimateUs }) => {
    return total + Math.max(0, last.userSettled - (everExpired ? 0 : estimateUs));
  }, 0);
  const problems: string[] = [];
  if (user.settled !== settled) problems.push(`the user has ${user.settled} settled, their runs ${settled}`);
  if (user.held !== held) problems.push(`the user has ${user.held} held, their runs ${held}`);
  if (user.settled + user.held > Math.max(DAY_LIMIT_US, carried) + overshoot)
    problems.push(`the user stands at ${user.settled} + ${user.held}, above ${DAY_LIMIT_US} and an overshoot of ${overshoot}`);
  return problems;
}

/** A refusal burns nothing, so the balance is still what it was when it was made: it must not have fitted. */
function refusalProblems({ refusals }: World, owner: string, now: { user: Balance; cap: Balance; running: number }): string[] {
  const last = refusals.at(-1);
  if (last?.owner !== owner) return [];
  const { user, cap, running } = now;
  const fitted: Record<string, boolean> = {
    'limit.quota': user.settled + user.held + last.estimateUs <= DAY_LIMIT_US,
    'limit.spend_cap': cap.settled + cap.held + 10_000 <= CAP_LIMIT,
    'limit.concurrency': running < CONCURRENT_RUNS,
  };
  return (fitted[last.code] ?? true) ? [`refused with ${last.code} though it fitted`] : [];
}

/** After the last step: every process is gone, and all leases have ended. */
export async function judgeEnd(world: World, memory: Memory): Promise<void> {
  await judge(world, memory);
  for (const { last, everExpired, deleted } of world.attempts) {
    reach(memory, deleted ? 'run of a deleted account' : last.state);
    if (everExpired && last.state === 'settled') reach(memory, 'late report');
  }
  for (const owner of ownersOf(world)) {
    const { user, cap, running } = await balancesOf(world, owner);
    if (user.held + cap.held + running > 0)
      throw new Error(`after all leases ${user.held} + ${cap.held} held, ${running} running`);
  }
}
