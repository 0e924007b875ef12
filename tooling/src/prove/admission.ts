import { type Check, type Finding, inHouse, inSharedHouse, type Setting } from './check.ts';
import { dayOf, type House, quiet } from './house.ts';
import { admissible, budgets, limitUs, planOf, tooSmall, WORST_US } from './limits.ts';
import { load, runUntilDecided, serverOf } from './load.ts';
import { exactly, type Verdict } from './row.ts';

/** How many processes, how many calls in flight, over which budget, at which cost of a run. */
export interface Cell {
  readonly processes: number;
  readonly inFlight: number;
  readonly limit: number;
  readonly cost: number;
}

/** What the cell is measured on: real servers, and in the tests a ledger that is known to be wrong. */
export interface Gate {
  /** One run; its answer is `ok` or the code of the refusal. */
  ask(index: number): Promise<string>;
  /** Runs that the model really executed. */
  executed(): Promise<number>;
  /** The user's balance, in units of the cell, when nothing is in flight any more. */
  balance(): Promise<{ settled: number; held: number }>;
}

export const nameOf = ({ processes, inFlight, limit, cost }: Cell): string =>
  `exact admission: ${processes} processes, ${inFlight} in flight, limit ${limit}, cost ${cost}`;

/** More demand than fits, from a user whose first calls these are. */
export async function admission(cell: Cell, gate: Gate): Promise<Verdict> {
  const fit = Math.floor(cell.limit / cell.cost);
  const codes = await load({ calls: fit + cell.inFlight, inFlight: cell.inFlight }, gate.ask);
  const { settled, held } = await gate.balance();
  const executed = await gate.executed();
  const answered = codes.filter((code) => code === 'ok').length;
  const others = codes.filter((code) => code !== 'ok' && code !== 'limit.quota');
  const words = (admitted: number, charged: number, rest: number) =>
    `admitted ${admitted}, answered ${rest}, charged ${charged}, left ${cell.limit - charged}`;
  const verdict = exactly(words(fit, fit * cell.cost, fit), words(executed, settled, answered));
  const more = [held > 0 ? `${held} still held` : '', others.length > 0 ? `also ${[...new Set(others)].join(' ')}` : ''];
  return { ...verdict, ok: verdict.ok && held === 0, actual: [verdict.actual, ...more.filter(Boolean)].join('; ') };
}

export function cellsOf(quick: boolean): Cell[] {
  const all = [1, 3, 5].flatMap((processes) =>
    [50, 500].flatMap((inFlight) => budgets.filter(admissible).map(([limit, cost]) => ({ processes, inFlight, limit, cost }))),
  );
  return quick ? all.filter((cell) => spread.has(nameOf(cell))) : all;
}

/** The extremes, and what lies between them. */
const spread = new Set(
  [
    { processes: 1, inFlight: 50, limit: 1, cost: 1 },
    { processes: 1, inFlight: 500, limit: 1_000, cost: 7 },
    { processes: 3, inFlight: 50, limit: 10, cost: 7 },
    { processes: 1, inFlight: 50, limit: 1_000, cost: 1 },
    { processes: 5, inFlight: 500, limit: 1, cost: 1 },
    { processes: 5, inFlight: 500, limit: 10, cost: 1 },
    { processes: 5, inFlight: 50, limit: 1_000, cost: 7 },
  ].map(nameOf),
);

async function cellIn(house: House, cell: Cell): Promise<Verdict> {
  const { processes, inFlight, limit, cost } = cell;
  const uid = `cell-${processes}-${inFlight}-${limit}-${cost}`;
  const servers = house.servers.slice(0, processes);
  await house.setPlan(uid, planOf(limit, cost));
  const unitUs = limitUs(1, cost);
  return admission(cell, {
    ask: async (index) => {
      const behaviour = { tag: `${uid}-${index}` };
      return (await runUntilDecided(house, serverOf({ ...house, servers }, index), { uid, behaviour })).code;
    },
    executed: async () => (await startsOf(house, uid)).length,
    balance: async () => {
      await quiet(house, uid);
      const { settled, held } = dayOf(await house.accountOf(uid));
      return { settled: settled / unitUs, held: held / unitUs };
    },
  });
}

const startsOf = async (house: House, uid: string) =>
  (await house.executions()).filter(({ event, tag }) => event === 'start' && tag.startsWith(`${uid}-`));

/** Where one run costs more than the budget nobody could ever be admitted: no server starts with it. */
async function refusedAtStart(setting: Setting): Promise<Finding> {
  const name = 'exact admission: limit 1, cost 7, on any number of processes';
  const expected = 'refused at the start: nobody’s first run would be admitted';
  const actual = await inHouse(setting, { config: tooSmall, servers: 1 }, async () => 'a server started').catch(
    (error: unknown) => (String(error).includes(`${WORST_US}: nobody's first run would be admitted`) ? expected : String(error)),
  );
  return { name, ...exactly(expected, actual) };
}

export const admissionCheck: Check = {
  name: 'admission',
  run: async (setting) => {
    const cells = cellsOf(setting.quick);
    const rows = await inSharedHouse(setting, 5, async (house) => {
      const findings: Finding[] = [];
      for (const cell of cells) {
        const startMs = performance.now();
        findings.push({ name: nameOf(cell), ...(await cellIn(house, cell)) });
        setting.tell(`${nameOf(cell)}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
      }
      return findings;
    });
    return [...rows, await refusedAtStart(setting)];
  },
};
