import type { Socket } from 'node:net';
import { textOf } from '../../prove/behaviour.ts';
import { holdsWithin, pause } from '../../prove/poll.ts';
import { type AttackCase, type OwnTarget, refusedWith, type UserTarget, type Verdict } from '../case.ts';
import { IP_RUNS, POOL_RUNS, USER_RUNS } from '../own-config.ts';
import { ask, bearer, bytesOf, codeOf, dataOf, json, open, type Reply } from '../raw-http.ts';

const spending = 'ASVS V2.4.1, API4:2023, LLM10:2025';
const racing = 'ASVS V15.4.2, API4:2023, LLM10:2025';
const ownership = 'ASVS V8.2.2, API1:2023';
const fields = 'ASVS V15.3.3, API3:2023';
const functions = 'ASVS V8.2.1, API5:2023';
const flows = 'ASVS V2.3.2, API6:2023, LLM10:2025';

const inside = (id: string, standard: string, attack: (target: OwnTarget) => Promise<Verdict>): AttackCase => ({
  id,
  standard,
  from: 'inside',
  attack,
});

const user = (id: string, standard: string, attack: (target: UserTarget) => Promise<Verdict>): AttackCase => ({
  id,
  standard,
  from: 'user',
  attack,
});

interface Run {
  readonly token: string;
  readonly tag: string;
  readonly key?: string;
  readonly workMs?: number;
}

const request = ({ token, tag, key = crypto.randomUUID(), workMs = 0 }: Run) => ({
  path: '/trpc/highlights.run',
  headers: [json, bearer(token), `idempotency-key: ${key}`],
  // Every run has words of its own, else it would be answered from what was answered before.
  body: JSON.stringify({ text: textOf({ tag, workMs }, `A sentence of ${key.slice(0, 8)}.`) }),
});

const TRIES = 50;
const PAUSE_MS = 100;
const run = (target: OwnTarget, what: Run): Promise<Reply> => ask(target, request(what));

/** Sends a run, again until the model has started it, and leaves. */
async function cancelled(target: OwnTarget, what: Run, before: number): Promise<void> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    await sendAndLeave(target, what, before);
    if ((await target.executed(what.tag)) > before) return;
    await pause(PAUSE_MS);
  }
}

async function sendAndLeave(target: OwnTarget, what: Run, before: number): Promise<void> {
  const socket: Socket = await open(target.url);
  socket.resume().write(bytesOf(target, request(what)));
  const answered = new Promise<boolean>((resolve) => void socket.once('data', () => resolve(true)));
  const started = holdsWithin(5_000, async () => (await target.executed(what.tag)) > before);
  await Promise.race([answered, started]);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.destroy();
  await closed;
}

const unique = (name: string): string => `${name}-${crypto.randomUUID()}`;
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

/** Refused when the model never worked more often than the budget allows, and the last was told so. */
async function within(target: OwnTarget, { tag, runs }: { tag: string; runs: number }, last: Reply): Promise<Verdict> {
  const executed = await target.executed(tag);
  return { refused: executed > 0 && executed <= runs && last.status >= 400, status: last.status };
}

const budgets: readonly AttackCase[] = [
  inside('budget-cancel-for-refund', flows, async (target) => {
    const tag = unique('cancel');
    const token = await target.token({ sub: tag });
    const used: number[] = [0];
    for (const before of times(USER_RUNS, (index) => index)) {
      await cancelled(target, { token, tag, workMs: 150 }, before);
      await holdsWithin(5_000, async () => (await dayOf(target, token)).heldUs === 0);
      used.push((await dayOf(target, token)).usedUs);
    }
    // Whoever leaves pays for what ran until then, each time anew.
    const paid = used.every((us, index) => index === 0 || us > (used[index - 1] ?? 0));
    return { refused: paid && (await target.executed(tag)) === USER_RUNS, status: 0 };
  }),
  inside('budget-race', racing, async (target) => {
    const tag = unique('race');
    const token = await target.token({ sub: tag });
    const replies = await Promise.all(times(40, () => run(target, { token, tag, workMs: 100 })));
    const refused = replies.find(({ status }) => status !== 200) ?? { status: 200, head: '', text: '' };
    return within(target, { tag, runs: USER_RUNS }, refused);
  }),
  inside('budget-batch', spending, async (target) => {
    const tag = unique('batch');
    const token = await target.token({ sub: tag });
    const inputs = Object.fromEntries(
      times(8, (index) => [index, { text: textOf({ tag }, `Sentence ${index} of ${tag.slice(-8)}.`) }]),
    );
    const path = `/trpc/${times(8, () => 'highlights.run').join(',')}?batch=1`;
    const reply = await ask(target, { path, headers: [json, bearer(token)], body: JSON.stringify(inputs) });
    const executed = await target.executed(tag);
    return { refused: executed <= USER_RUNS && /"limit\.(quota|concurrency)"/.test(reply.text), status: reply.status };
  }),
  inside('budget-account-farming', flows, async (target) => {
    const tag = unique('farm');
    const replies: Reply[] = [];
    for (const index of times(100, (each) => each))
      replies.push(await run(target, { token: await target.token({ sub: `${tag}-${index}` }), tag }));
    return within(target, { tag, runs: IP_RUNS }, replies.at(-1) ?? { status: 0, head: '', text: '' });
  }),
  inside('budget-anonymous-farming', flows, async (target) => {
    const tag = unique('pool');
    const firebase = { sign_in_provider: 'anonymous', identities: {} };
    const replies: Reply[] = [];
    for (const index of times(POOL_RUNS + 5, (each) => each)) {
      const token = await target.token({ sub: `${tag}-${index}`, firebase, email: undefined });
      // Each from another address: what they share is that nobody knows them.
      replies.push(await run({ ...target, address: `203.0.113.${index + 1}` }, { token, tag }));
    }
    return within(target, { tag, runs: POOL_RUNS }, replies.at(-1) ?? { status: 0, head: '', text: '' });
  }),
  inside('budget-deleted-account', flows, async (target) => {
    const tag = unique('deleted');
    const person = { email: `${tag}@example.com` };
    const tokens = [await target.token({ sub: `${tag}-1`, ...person }), await target.token({ sub: `${tag}-2`, ...person })];
    for (let index = 0; index < USER_RUNS; index += 1) await run(target, { token: tokens[0] ?? '', tag });
    await ask(target, { path: '/trpc/account.delete', headers: [json, bearer(tokens[0] ?? '')], body: '' });
    return within(target, { tag, runs: USER_RUNS }, await run(target, { token: tokens[1] ?? '', tag }));
  }),
  inside('budget-claimed-plan', fields, async (target) => {
    const tag = unique('plan');
    const token = await target.token({ sub: tag, plan: 'pro', admin: true, stripeRole: 'pro' });
    let last = await run(target, { token, tag });
    for (let index = 0; index < USER_RUNS; index += 1) last = await run(target, { token, tag });
    return within(target, { tag, runs: USER_RUNS }, last);
  }),
  ...[
    ['nan', 'NaN'],
    ['huge', '1e309'],
    ['negative', '-5'],
    ['fraction', '0.5'],
    ['text', '"5"'],
  ].map(([id, count]) =>
    user(`number-${id}`, 'ASVS V2.2.1, API4:2023', async (target) => {
      const body = `{"text":"A sentence.","count":${count}}`;
      const token = await target.userToken();
      return refusedWith(400)(await ask(target, { path: '/trpc/highlights.run', headers: [json, bearer(token)], body }));
    }),
  ),
];

const dayOf = async (target: OwnTarget, token: string): Promise<{ usedUs: number; heldUs: number }> => {
  const reply = await ask(target, { path: '/trpc/account.quota', headers: [bearer(token)] });
  const day = dataOf(reply)?.['computeDay'] as { usedUs?: number; heldUs?: number } | undefined;
  return { usedUs: day?.usedUs ?? 0, heldUs: day?.heldUs ?? 0 };
};

const runIdOf = (reply: Reply): unknown => (dataOf(reply)?.['receipt'] as { runId?: string } | undefined)?.runId;

const keys: readonly AttackCase[] = [
  inside('idempotency-across-users', ownership, async (target) => {
    const [tag, key] = [unique('across'), crypto.randomUUID()];
    const victim = await run(target, { token: await target.token({ sub: `${tag}-victim` }), tag, key });
    const thief = await run(target, { token: await target.token({ sub: `${tag}-thief` }), tag, key });
    // The thief gets no result of the victim's: a run of their own is what they pay for.
    const refused = runIdOf(victim) !== undefined && runIdOf(thief) !== runIdOf(victim) && (await target.executed(tag)) === 2;
    return { refused, status: thief.status };
  }),
  inside('idempotency-other-input', spending, async (target) => {
    const [tag, key] = [unique('other'), crypto.randomUUID()];
    const token = await target.token({ sub: tag });
    await run(target, { token, tag, key });
    const body = JSON.stringify({ text: textOf({ tag }, 'Another sentence of the same key.') });
    const reply = await ask(target, { ...request({ token, tag, key }), body });
    return { refused: codeOf(reply) === 'run.conflict' && (await target.executed(tag)) === 1, status: reply.status };
  }),
  inside('idempotency-race', racing, async (target) => {
    const [tag, key] = [unique('same'), crypto.randomUUID()];
    const token = await target.token({ sub: tag });
    const replies = await Promise.all(times(20, () => run(target, { token, tag, key, workMs: 50 })));
    return { refused: (await target.executed(tag)) === 1, status: replies[0]?.status ?? 0 };
  }),
  user('idempotency-not-a-uuid', 'ASVS V2.2.1, API8:2023', async (target) => {
    const what = { token: await target.userToken(), tag: unique('key'), key: "1'; DROP TABLE runs;--" };
    return refusedWith(400)(await ask(target, request(what)));
  }),
];

type Procedure = readonly [name: string, input: string | null];

const askAdmin = (target: UserTarget, [procedure, input]: Procedure, token: string): Promise<Reply> => {
  const asked = input === null ? `?input=${encodeURIComponent('{"uid":"victim"}')}` : '';
  const headers = [json, bearer(token)];
  return ask(target, { path: `/trpc/${procedure}${asked}`, headers, ...(input !== null && { body: input }) });
};

const admin = (id: string, procedure: Procedure): AttackCase =>
  user(`admin-${id}`, functions, async (target) => refusedWith(403)(await askAdmin(target, procedure, await target.userToken())));

const claimed = (id: string, claims: Record<string, unknown>): AttackCase =>
  inside(`admin-${id}`, functions, async (target) =>
    refusedWith(403)(await askAdmin(target, kill, await target.token({ sub: unique('admin'), ...claims }))),
  );

const kill: Procedure = ['admin.setKillSwitch', '{"on":true}'];
const look: Procedure = ['admin.account', null];

const rights: readonly AttackCase[] = [
  admin('kill-switch', kill),
  admin('plan', ['admin.setAccount', '{"uid":"ann","plan":"pro","blocked":false}']),
  admin('look', look),
  admin('live', ['operator.live', null]),
  admin('users', ['operator.users', null]),
  admin('delete', ['admin.deleteAccount', '{"uid":"victim"}']),
  claimed('claim', { admin: true, role: 'admin' }),
  claimed('unverified-email', { email: 'operator@example.com', email_verified: false }),
  claimed('email-list', { email: ['operator@example.com'] }),
  user('owner-in-input', ownership, async (target) => {
    const token = await target.userToken();
    const reply = await ask(target, {
      path: `/trpc/account.export?input=${encodeURIComponent('{"uid":"victim"}')}&uid=victim`,
      headers: [bearer(token)],
    });
    return { refused: reply.status > 0 && !reply.text.includes('victim'), status: reply.status };
  }),
  user('field-assigned', fields, async (target) => {
    const token = await target.userToken();
    const body = '{"text":"A sentence.","plan":"pro","computeUs":0,"priceMicroUsd":0}';
    return refusedWith(400)(await ask(target, { path: '/trpc/highlights.run', headers: [json, bearer(token)], body }));
  }),
];

export const moneyCases: readonly AttackCase[] = [...budgets, ...keys, ...rights];

/** An admin's token would do what the cases only try: it must not be used for an attack. */
export const isAdmin = async (target: UserTarget): Promise<boolean> =>
  (await askAdmin(target, look, await target.userToken())).status === 200;
