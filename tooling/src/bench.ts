/**
 * `npm run bench -- NAME`: figures, each beside what it is measured against in the same run. Without a name it lists them.
 * `--quick` is short and judges nothing; in full the bars decide and docs/benchmarks/<name>.md is written. `--json` prints one object, `--store`
 * takes one store.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { benchCompute } from './bench/compute.ts';
import { benchExtension } from './bench/extension.ts';
import { holds, type Report } from './bench/figures.ts';
import { benchGateway } from './bench/gateway.ts';
import { benchLedger } from './bench/ledger.ts';
import { benchModelSoak } from './bench/ml-soak.ts';
import { benchModel } from './bench/ml.ts';
import { benchOverload } from './bench/overload.ts';
import { benchQuote } from './bench/quote.ts';
import { machine, textOf, versions, writeBenchmark } from './bench/report.ts';
import { benchStoresOf } from './bench/stores.ts';
import { runCommand } from './command.ts';
import { watchInterruption } from './lifecycle.ts';
import { createSupervisor } from './processes.ts';
import { Refusal } from './refusal.ts';

const tell = (line: string): void => void process.stderr.write(`${pc.dim(line)}\n`);

interface Options {
  readonly quick: boolean;
  readonly store: string | undefined;
}

async function ledger({ quick, store }: Options): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'twohop-bench-'));
  const stores = await benchStoresOf(store, folder);
  try {
    return await benchLedger(stores, { quick, tell });
  } finally {
    await Promise.all(stores.map((each) => each.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of processes: started for the bench in a folder of their own, and gone with it. */
const ofProcesses =
  (bench: typeof benchGateway) =>
  async ({ quick }: Options): Promise<Report> => {
    const folder = await mkdtemp(join(tmpdir(), 'twohop-bench-'));
    const supervisor = createSupervisor();
    try {
      return await bench({ quick, folder, supervisor, tell });
    } finally {
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
    }
  };

const benches: Readonly<Record<string, (options: Options) => Promise<Report>>> = {
  extension: benchExtension,
  gateway: ofProcesses(benchGateway),
  compute: ({ quick }) => benchCompute({ quick, tell }),
  ledger,
  ml: benchModel,
  overload: ofProcesses(benchOverload),
  'ml-soak': benchModelSoak,
  quote: (options) => benchQuote({ ...options, tell }),
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      store: { type: 'string' },
    },
  });
  const [name = ''] = positionals;
  const bench = benches[name];
  if (!bench)
    throw new Refusal(`Which bench? There are: ${Object.keys(benches).join(', ')}. For instance: npm run bench -- ledger`);
  const interruption = watchInterruption();
  interruption.signal.addEventListener('abort', () => process.exit(interruption.exitCode()));
  const report = await bench({ quick: values.quick, store: values.store });
  const ok = report.results.length > 0 && (values.quick || report.bars.every(holds));
  if (!values.quick && values.store === undefined) await writeBenchmark(name, report);
  const { results, ratios } = report;
  if (values.json) tell(textOf(report));
  console.log(values.json ? JSON.stringify({ ok, machine: machine(), versions: versions(), results, ratios }) : textOf(report));
  return ok ? 0 : 1;
};

await runCommand(main);
