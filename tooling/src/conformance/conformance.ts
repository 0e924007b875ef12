import { inTurn } from '../in-turn.ts';
import { type ConformanceCase, type Host, type HostName, visit, type When } from './case.ts';

/** One cell of the table. */
export interface Cell {
  readonly ok: boolean;
  readonly actual: string;
  /** It holds as the host has it, and not as the others have it. */
  readonly otherwise: boolean;
}

export interface CaseRow {
  readonly name: string;
  readonly expected: string;
  readonly hosts: Readonly<Partial<Record<HostName, Cell>>>;
}

/** What stands behind all hosts, and can be stopped. */
export interface Backing {
  model(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  ledger(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void>;
}

/** One after another; within one, each lane of each host goes on by itself. `width`: so many cases of a lane side by side. */
interface Round {
  readonly lanes: readonly { readonly when: When; readonly width: number }[];
  readonly stops?: keyof Backing;
}

const rounds: readonly Round[] = [
  {
    lanes: [
      { when: 'beside others', width: 6 },
      { when: 'one by one', width: 1 },
    ],
  },
  {
    lanes: [
      { when: 'the model is stopped', width: 1 },
      { when: 'beside a stopped model', width: 1 },
    ],
    stops: 'model',
  },
  { lanes: [{ when: 'the ledger is stopped', width: 1 }], stops: 'ledger' },
  { lanes: [{ when: 'the ledger is back', width: 1 }] },
];

export interface ConformanceOptions {
  readonly signal?: AbortSignal;
}

/** Tries each case on each host, on all hosts side by side. */
export async function conformance(
  cases: readonly ConformanceCase[],
  { hosts, behind }: { readonly hosts: readonly Host[]; readonly behind: Backing },
  { signal }: ConformanceOptions = {},
): Promise<CaseRow[]> {
  const rows = cases.map((own) => ({ own, hosts: {} as Partial<Record<HostName, Cell>> }));
  const tried = (host: Host, { when, width }: Round['lanes'][number]) => {
    const due = rows.filter(({ own }) => (own.when ?? 'beside others') === when);
    const looks = due.map((row) => async () => {
      row.hosts[host.name] = await look(row.own, host);
    });
    return inTurn(looks, width);
  };
  for (const { lanes, stops } of rounds) {
    if (signal?.aborted || !rows.some(({ own }) => lanes.some(({ when }) => when === (own.when ?? 'beside others')))) continue;
    if (stops) await behind[stops]('SIGSTOP');
    const all = hosts.flatMap((host) => lanes.map((lane) => tried(host, lane)));
    await Promise.all(all).finally(() => stops && behind[stops]('SIGCONT'));
  }
  return rows.map(({ own: { name, expected }, hosts: cells }) => ({ name, expected, hosts: cells }));
}

/** A case that breaks has shown nothing. */
async function look({ expected, otherwise, when, look: see }: ConformanceCase, host: Host): Promise<Cell> {
  const actual = await see(visit(host, { isPatient: when !== 'the ledger is stopped' })).catch(
    (error: unknown) => `broke: ${error instanceof Error ? error.message : String(error)}`,
  );
  const own = otherwise?.[host.name];
  return { ok: actual === (own ?? expected), actual, otherwise: own !== undefined };
}
