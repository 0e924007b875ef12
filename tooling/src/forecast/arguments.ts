import { parseArgs } from 'node:util';
import { Refusal } from '../refusal.ts';
import type { Caps, Hosting } from './core/hosting.ts';
import { checkWorkload, type Workload } from './core/workload.ts';
import type { Inputs } from './inputs.ts';

export interface Arguments {
  readonly workload: Workload;
  readonly hosting: Partial<Hosting>;
  readonly caps: Partial<Caps>;
  readonly whatIf: {
    readonly prices: readonly { readonly whose: string; readonly times: number }[];
    readonly throughServer: boolean;
    readonly edge: boolean;
  };
  readonly output: 'text' | 'json' | 'csv';
  readonly chart: string | undefined;
  readonly certificate: boolean;
  readonly accept: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const options = {
  users: { ...text, default: '1000' },
  calls: { ...text, default: '5' },
  growth: { ...text, default: '0' },
  months: text,
  'page-p50': { ...text, default: '4000' },
  'page-p95': { ...text, default: '16000' },
  'demand-p95': { ...text, default: '1.6' },
  'model-instances': text,
  'server-instances': text,
  cap: text,
  model: text,
  'first-hop': text,
  database: text,
  'sign-in': text,
  price: { ...text, multiple: true, default: [] as string[] },
  'through-server': flag,
  edge: flag,
  json: flag,
  csv: flag,
  chart: text,
  certificate: flag,
  accept: flag,
} as const;

/** @throws Refusal naming the flag that is wrong. */
export function argumentsOf(argv: readonly string[]): Arguments {
  const { values } = parsed(argv);
  const number = (name: keyof typeof values, value: string | undefined): number => {
    const read = Number(value?.replace(/_/g, ''));
    if (value?.trim() === '' || !Number.isFinite(read)) throw new Refusal(`--${name} ${value}: give a number.`);
    return read;
  };
  const count = (name: 'model-instances' | 'server-instances'): number | undefined => {
    const read = values[name] === undefined ? undefined : number(name, values[name]);
    if (read !== undefined && !(Number.isInteger(read) && read > 0))
      throw new Refusal(`--${name} ${values[name]}: give 1 or more.`);
    return read;
  };
  const growthPerMonth = number('growth', values.growth.replace('%', '')) / 100;
  const workload = checked(() =>
    checkWorkload({
      users: number('users', values.users),
      callsPerUserDay: number('calls', values.calls),
      growthPerMonth,
      months: values.months === undefined ? (growthPerMonth === 0 ? 1 : 12) : number('months', values.months),
      pages: { p50Chars: number('page-p50', values['page-p50']), p95Chars: number('page-p95', values['page-p95']) },
      demandP95: number('demand-p95', values['demand-p95']),
    }),
  );
  const cap = values.cap === undefined ? undefined : number('cap', values.cap);
  if (cap !== undefined && cap <= 0) throw new Refusal(`--cap ${values.cap}: give USD a month.`);
  return {
    workload,
    hosting: given({
      model: values.model,
      firstHop: values['first-hop'],
      database: values.database,
      signIn: values['sign-in'],
      modelInstances: count('model-instances'),
      serverInstances: count('server-instances'),
    }),
    caps: cap === undefined ? {} : { monthMicroUsd: cap * 1e6, dayMicroUsd: cap * 1e6 },
    whatIf: { prices: values.price.map(priceOf), throughServer: values['through-server'], edge: values.edge },
    output: values.json ? 'json' : values.csv ? 'csv' : 'text',
    chart: values.chart,
    certificate: values.certificate,
    accept: values.accept,
  };
}

const parsed = (argv: readonly string[]) => checked(() => parseArgs({ args: [...argv], options }));

function checked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(error instanceof Error ? error.message : String(error));
  }
}

/** `RunPod=2` or `runpod_l4=1.5`: so many times the price. */
function priceOf(argument: string): { whose: string; times: number } {
  const [, whose, times] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(argument) ?? [];
  if (!whose || !times) throw new Refusal(`--price ${argument}: give a vendor or an offer and a factor, such as "RunPod=2".`);
  return { whose, times: Number(times) };
}

const given = (hosting: { [Key in keyof Hosting]: Hosting[Key] | undefined }): Partial<Hosting> =>
  Object.fromEntries(Object.entries(hosting).filter(([, value]) => value !== undefined));

export const withArguments = (inputs: Inputs, { hosting, caps }: Arguments): Inputs => ({
  ...inputs,
  hosting: { ...inputs.hosting, ...hosting },
  caps: { ...inputs.caps, ...caps },
});
