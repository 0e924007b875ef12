import type { Store } from '@twohop/quota';
import { checkConfig } from '@twohop/server/config';
import type { Answer } from './caller.ts';
import { type Check, type Finding, inSharedHouse } from './check.ts';
import { dayOf, type House, quiet } from './house.ts';
import { exactLimits, WORST_MICRO_USD, WORST_US } from './limits.ts';
import { runUntilDecided, serverOf } from './load.ts';
import { exactly } from './row.ts';

const bad: readonly unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, '3', 2 ** 53, undefined];
/** As a client would write them into JSON, and as a model would write them into a header. */
const written = ['NaN', 'Infinity', '-1', '0.5', '"3"', '9007199254740992'];

type Reserve = Parameters<Store['reserve']>[0];
type Settle = Parameters<Store['settle']>[0];

const line: Reserve['lines'][number] = {
  scope: 'user-day:bad',
  window: 100,
  unit: 'computeUs',
  amount: 1,
  limit: 100,
  code: 'limit.quota',
  resetsAtMs: 1_000,
};
const reserve: Reserve = {
  runId: '00000000-0000-4000-8000-0000000000aa',
  owner: 'bad',
  person: null,
  procedure: 'highlights.run',
  size: 100,
  idempotencyKey: 'key',
  inputHash: 'hash',
  lines: [line],
  concurrentRuns: 10,
  nowMs: 500,
  leaseUntilMs: 1_000,
};
const settle: Settle = {
  runId: reserve.runId,
  computeUs: 1,
  userUs: 1,
  timeoutUs: null,
  capMicroUsd: 1,
  priceAsOf: '2026-08-01',
  wallUs: null,
  freeKey: false,
};

/** Every amount of every operation of the ledger that writes. */
const ports: Readonly<Record<string, (ledger: Store, value: number) => Promise<unknown>>> = {
  ...Object.fromEntries(
    (['amount', 'limit', 'window', 'resetsAtMs'] as const).map((field) => [
      `reserve.${field}`,
      (ledger: Store, value: number) =>
        ledger.reserve({ ...reserve, runId: 'x', idempotencyKey: 'x', lines: [{ ...line, [field]: value }] }),
    ]),
  ),
  ...Object.fromEntries(
    (['size', 'concurrentRuns', 'nowMs', 'leaseUntilMs'] as const).map((field) => [
      `reserve.${field}`,
      (ledger: Store, value: number) => ledger.reserve({ ...reserve, runId: 'x', idempotencyKey: 'x', [field]: value }),
    ]),
  ),
  ...Object.fromEntries(
    (['computeUs', 'userUs', 'timeoutUs', 'capMicroUsd', 'wallUs'] as const).map((field) => [
      `settle.${field}`,
      (ledger: Store, value: number) => ledger.settle({ ...settle, [field]: value }),
    ]),
  ),
  samples: (ledger, value) => ledger.samples(value),
  renew: (ledger, value) => ledger.renew(reserve.runId, value),
  expire: (ledger, value) => ledger.expire(value),
  prune: (ledger, value) => ledger.prune(value),
  deleteAccount: (ledger, value) => ledger.deleteAccount({ owner: 'bad', person: null, untilMs: value }),
};

async function ledgerPorts(ledger: Store): Promise<Finding> {
  await ledger.reserve(reserve);
  const balance = async () =>
    JSON.stringify((await ledger.usage({ owner: 'bad', person: null, lines: [line], nowMs: 500 })).lines);
  const before = await balance();
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    for (const value of bad) {
      // A port may refuse by a throw or by a rejection.
      const refused = await Promise.resolve()
        .then(() => port(ledger, value as number))
        .then(
          () => false,
          () => true,
        );
      if (!refused) taken.push(`${name} took ${String(value)}`);
    }
  }
  const expected = `${Object.keys(ports).length * bad.length} refused, balance unchanged`;
  const unchanged = (await balance()) === before ? 'balance unchanged' : `balance ${await balance()}, was ${before}`;
  const refused = `${Object.keys(ports).length * bad.length - taken.length} refused, ${unchanged}`;
  return { name: 'bad numbers: every amount of every port of the ledger', ...exactly(expected, [refused, ...taken].join('; ')) };
}

/** A report that cannot be read is settled at the hold; none at all by the time it took; one above the hold at the hold. */
async function modelReports(house: House): Promise<Finding> {
  const reports = [...written, '', '123abc', '99999999999999', null];
  const wrong: string[] = [];
  for (const [index, report] of reports.entries()) {
    const uid = `report-${index}`;
    const { code } = await runUntilDecided(house, serverOf(house, index), { uid, behaviour: { tag: uid, report } });
    await quiet(house, uid);
    const account = await house.accountOf(uid);
    const { settled } = dayOf(account);
    const capMicroUsd = account.runs[0]?.capMicroUsd ?? Number.NaN;
    const sound = Number.isSafeInteger(settled) && settled > 0 && settled <= WORST_US;
    const atHold = report === null ? capMicroUsd > 0 && capMicroUsd <= WORST_MICRO_USD : capMicroUsd === WORST_MICRO_USD;
    if (code !== 'ok' || !sound || !atHold) wrong.push(`${report}: ${code}, user ${settled}, cap ${capMicroUsd}`);
  }
  const expected = `${reports.length} reports, each settled at the hold or by time`;
  return {
    name: 'bad numbers: what the model reports',
    ...exactly(expected, [expected, ...wrong].slice(wrong.length > 0 ? 1 : 0).join('; ')),
  };
}

async function clientInput(house: House): Promise<Finding> {
  const uid = 'bad-input';
  const token = house.tokenOf(uid);
  const send = (rawBody: string): Promise<Answer> => serverOf(house, 0).mutate('highlights.run', undefined, { token, rawBody });
  const text = JSON.stringify(`{"tag":"${uid}"}\nA sentence.`);
  const bodies = written.flatMap((value) => [`{"text":${text},"count":${value}}`, `{"text":${text},"diversity":${value}}`]);
  // Half a diversity is a diversity.
  const answers = await Promise.all(bodies.filter((body) => !body.endsWith('"diversity":0.5}')).map(send));
  const executed = (await house.executions()).filter(({ tag }) => tag === uid).length;
  const { settled, held } = dayOf(await house.accountOf(uid));
  const refused = answers.filter(({ code }) => code === 'input.invalid' || code === 'input.too_large').length;
  const words = (count: number, ran: number, charged: number) =>
    `${count} refused, ${ran} executed, ${charged} us charged or held`;
  return {
    name: 'bad numbers: what a client sends',
    ...exactly(words(answers.length, 0, 0), words(refused, executed, settled + held)),
  };
}

/** Every number of the config, by its path. */
function numbersOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'number') return [[...path]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersOf(inner, [...path, key]));
}

function withValue(value: unknown, [key, ...path]: readonly string[], put: unknown): unknown {
  if (key === undefined) return put;
  return { ...(value as object), [key]: withValue((value as Record<string, unknown>)[key], path, put) };
}

/** Half a second and half a dollar are amounts of a config; half of anything counted is not. */
const mayBeHalf = (path: readonly string[]): boolean =>
  /Seconds?$|Usd$/.test(path.at(-1) ?? '') || path.at(-1) === 'usdPerComputeSecond';

function configNumbers(): Finding {
  const taken: string[] = [];
  let tried = 0;
  for (const path of numbersOf(exactLimits)) {
    for (const value of bad.filter((each) => each !== 0.5 || !mayBeHalf(path))) {
      tried += 1;
      try {
        checkConfig(withValue(exactLimits, path, value));
        taken.push(`${path.join('.')} = ${String(value)}`);
      } catch {
        // Refused, as it must be.
      }
    }
  }
  const words = (refused: number) => `${refused} of ${tried} refused`;
  const verdict = exactly(words(tried), words(tried - taken.length));
  return { name: 'bad numbers: every number of the config', ...verdict, actual: [verdict.actual, ...taken].join('; ') };
}

export const badNumbersCheck: Check = {
  name: 'bad-numbers',
  run: async (setting) => {
    const ledger = await (await setting.store.fresh(setting.folder)).open();
    const ports = await ledgerPorts(ledger).finally(() => ledger.close());
    const real = await inSharedHouse(setting, 1, async (house) => [await modelReports(house), await clientInput(house)]);
    return [ports, ...real, configNumbers()];
  },
};
