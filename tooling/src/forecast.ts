/**
 * `npm run forecast -- --users 1000 --calls 5`: what a month costs before anything is deployed, by provider and part, and the
 * most that the caps allow. `--json`, `--csv` and `--chart FILE.svg` are other forms of it; docs/forecast.md has the flags.
 * `--certificate` fails when the maximum bill of the config is above forecast.certificate.json; `--accept` writes that file.
 */
import { writeFile } from 'node:fs/promises';
import pc from 'picocolors';
import { runCommand } from './command.ts';
import { type Arguments, argumentsOf, withArguments } from './forecast/arguments.ts';
import { acceptCertificate, howToAccept, objections } from './forecast/certificate-file.ts';
import { certificateOf } from './forecast/core/certificate.ts';
import { forecastOf, type ForecastInput, hostedOf } from './forecast/core/forecast.ts';
import { withPrice } from './forecast/core/what-if.ts';
import { csvOf } from './forecast/csv.ts';
import { type Inputs, readInputs } from './forecast/inputs.ts';
import { jsonOf, type Report, reportOf } from './forecast/report.ts';
import { certified, textOf } from './forecast/text.ts';
import { Refusal } from './refusal.ts';

/** The input with what `--price`, `--edge` and `--through-server` ask for; the same one when they ask for nothing. */
function asked(input: ForecastInput, { whatIf: { prices, throughServer, edge } }: Arguments): ForecastInput {
  let changed = input;
  for (const { whose, times } of prices) changed = { ...changed, prices: withPrice(changed.prices, whose, times) };
  if (throughServer) changed = { ...changed, databaseThroughServer: true };
  return edge ? { ...changed, hosting: { ...changed.hosting, firstHop: cheapestEdge(changed) } } : changed;
}

function cheapestEdge(input: ForecastInput): string {
  const edges = input.prices.offers.filter((offer) => offer.role === 'first-hop' && offer.edge);
  const billed = edges.map(({ id }) => ({ id, usd: forecastOf(input, { ...input.hosting, firstHop: id }).months[0].p50.usd }));
  const [cheapest] = billed.toSorted((one, other) => one.usd - other.usd);
  if (!cheapest) throw new Refusal('prices.json has no edge functions to choose from.');
  return cheapest.id;
}

const print = (report: Report, output: Arguments['output']): string =>
  output === 'json' ? JSON.stringify(jsonOf(report)) : output === 'csv' ? csvOf(report) : textOf(report);

async function certify({ prices, hosting, caps }: Inputs, today: string, { accept, output }: Arguments): Promise<number> {
  const certificate = certificateOf(hostedOf(prices, hosting), caps);
  if (accept) await acceptCertificate(certificate);
  const reasons = await objections(certificate);
  const ok = reasons.length === 0;
  if (output === 'json') console.log(JSON.stringify({ ok, certificateUsd: certificate.certificateUsd, certificate, reasons }));
  else console.log(certified(certificate, today).join('\n'));
  if (!ok) process.stderr.write([...reasons, howToAccept].map((line) => `${pc.red('✗')} ${line}\n`).join(''));
  else if (output === 'text') console.log(`${pc.green('✓')} Not above what was accepted.`);
  return ok ? 0 : 1;
}

const main = async (): Promise<number> => {
  const args = argumentsOf(process.argv.slice(2));
  const inputs = await readInputs(process.env['TWOHOP_CONFIG'] || 'twohop.config.ts');
  const today = new Date().toISOString().slice(0, 10);
  if (args.certificate) return certify(inputs, today, args);
  const base: ForecastInput = { ...withArguments(inputs, args), workload: args.workload, today, simulations: new Map() };
  const input = asked(base, args);
  const report = reportOf(input, input === base ? null : base);
  if (args.chart !== undefined) {
    const { chartOf } = await import('./forecast/chart.ts');
    await writeFile(args.chart, chartOf(report));
  }
  console.log(print(report, args.output));
  return 0;
};

await runCommand(main);
