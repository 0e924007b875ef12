import pc from 'picocolors';
import type { Certificate } from './core/certificate.ts';
import type { MonthForecast, ProviderForecast } from './core/forecast.ts';
import { partNames } from './core/hosting.ts';
import { FRESH_DAYS, isStale, type Trust } from './core/prices.ts';
import type { Answer } from './core/what-if.ts';
import type { Report } from './report.ts';

const TITLES = ['compute', 'idle tail', 'starts', '1st hop', 'database', 'sign-in', 'egress'];

/** For a person at a terminal. */
export function textOf(report: Report): string {
  const { rows, shared, answers, input } = report;
  return [
    ...assumptions(report),
    '',
    ...table(report),
    '',
    ...legend([...rows, ...shared], rows),
    '',
    ...shared.map((offer) => `${offer.role.padEnd(9)} ${offer.name} ${pc.dim(`(${offer.id})`)} ${trusted(offer)}`),
    ...(input.workload.months > 1 ? ['', ...monthly(report)] : []),
    ...(answers.length > 0 ? ['', pc.bold('What if'), ...answers.map(answered)] : []),
    '',
    ...certified(report.certificate, input.today),
  ].join('\n');
}

function assumptions({ input: { workload, measured, hosting, caps } }: Report): string[] {
  const { users, callsPerUserDay, pages, demandP95, growthPerMonth } = workload;
  const grown =
    growthPerMonth === 0 ? '' : ` (${growthPerMonth < 0 ? '−' : '+'}${Math.round(Math.abs(growthPerMonth) * 100)} % a month)`;
  return [
    pc.bold(
      `${users.toLocaleString('en')} users${grown} · ${callsPerUserDay} calls a user a day · a month of 30 days, in USD before tax`,
    ),
    pc.dim(
      `pages of ${pages.p50Chars} characters (P95 ${pages.p95Chars}); one month of twenty has ${demandP95} times the calls or more`,
    ),
    pc.dim(
      `under a cap of ${(caps.monthMicroUsd / 1e6).toFixed(2)} a month, ${hosting.modelInstances} × model and ${hosting.serverInstances} × server at most`,
    ),
    pc.dim(
      `compute measured ${measured.asOf} on ${measured.machine}${measured.load > 1 ? `, at a load of ${measured.load}` : ''}`,
    ),
  ];
}

const money = (usd: number): string => usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const right = (text: string, width: number): string => text.padStart(width);
const AMOUNT = 11;

function table({ rows, before }: Report): string[] {
  const width = Math.max(...rows.map(({ id }) => id.length)) + 1;
  const refuses = rows.some(({ months: [first] }) => first.refusedP50 >= 0.005);
  const columns = ['P50', ...(before ? ['before'] : []), 'P95', 'worst', ...TITLES];
  const head = `${'provider'.padEnd(width)}${columns.map((title) => right(title, AMOUNT)).join('')}${refuses ? right('refused', 9) : ''}`;
  const ruler = pc.dim('─'.repeat(head.length + 5));
  const lines = rows.map((row, index) => {
    const { p50, p95, worst, refusedP50 } = row.months[0];
    const was = before?.get(row.id)?.months[0].p50.usd;
    const total = right(money(p50.usd), AMOUNT);
    const open = row.unbounded.length > 0 ? '+' : ' ';
    return [
      row.id.padEnd(width),
      index === 0 ? pc.green(total) : pc.bold(total),
      ...(before ? [right(was === undefined ? '' : money(was), AMOUNT)] : []),
      right(money(p95.usd), AMOUNT),
      right(money(worst.usd), AMOUNT - 1) + open,
      ...partNames.map((name) => dimZero(p50.parts[name])),
      refuses ? right(`${Math.round(refusedP50 * 100)} %`, 9) : '',
      ` ${mark(row)}`,
    ].join('');
  });
  return [pc.bold(head), ruler, ...lines, ruler];
}

const dimZero = (usd: number): string => (usd < 0.005 ? pc.dim(right('–', AMOUNT)) : right(money(usd), AMOUNT));

const mark = ({ verified, stale }: Trust): string => `${verified ? '' : pc.yellow('?')}${stale ? pc.red('†') : ''}`;

/** What is known of a price, in words. */
function trusted(offer: Trust & { readonly unverified: readonly string[] }): string {
  const age = offer.asOf === null ? 'undated' : `of ${offer.asOf}`;
  const doubts = [
    ...(offer.stale ? [pc.red('†')] : []),
    ...(offer.verified ? [] : [pc.yellow(`?${offer.unverified.length > 0 ? ` ${offer.unverified.join(', ')}` : ''}`)]),
  ];
  return `${pc.dim(age)} ${doubts.join(' ')}`.trimEnd();
}

function legend(offers: readonly Trust[], rows: readonly ProviderForecast[]): string[] {
  const open = new Set(
    rows.flatMap(({ unbounded }) => unbounded.map(({ part, offer, unit }) => `${part} (${offer}, by ${unit})`)),
  );
  const notes = [...new Set(rows.flatMap((row) => row.notes))];
  return [
    ...(offers.some(({ verified }) => !verified)
      ? [`${pc.yellow('?')} not verified: a price, or part of it, is from a third party or from memory`]
      : []),
    ...(offers.some(({ stale }) => stale) ? [`${pc.red('†')} older than ${FRESH_DAYS} days, or of unknown age`] : []),
    ...(open.size > 0 ? [`+ and what nothing of ours bounds (its P95 is in the sum): ${[...open].join(', ')}`] : []),
    ...notes.map((note) => pc.yellow(`! ${note}`)),
  ];
}

function monthly({ rows, input }: Report): string[] {
  const row = rows.find(({ id }) => id === input.hosting.model);
  if (!row) return [];
  const line = ({ month, users, p50, p95, worst }: MonthForecast) =>
    `${right(String(month), 5)}${right(users.toLocaleString('en'), 14)}${[p50, p95, worst].map(({ usd }) => right(money(usd), AMOUNT)).join('')}`;
  const head = `month${right('users', 14)}${['P50', 'P95', 'worst'].map((title) => right(title, AMOUNT)).join('')}`;
  return [pc.bold(`${row.id}, by month ${mark(row)}`), pc.dim(head), ...row.months.map(line)];
}

function answered({ question, id, trust, before, after }: Answer): string {
  const [was, is] = [before.months[0].p50.usd, after.months[0].p50.usd];
  const change = `${money(was)} → ${pc.bold(money(is))} (${is < was ? '−' : '+'}${money(Math.abs(is - was))})`;
  const opened = after.unbounded.filter(
    ({ part, unit }) => !before.unbounded.some((each) => each.part === part && each.unit === unit),
  );
  const bound =
    opened.length > 0 ? pc.yellow(` and no maximum: by ${[...new Set(opened.map(({ unit }) => unit))].join(', ')}`) : '';
  return `  ${question} ${pc.dim(`(${id})`)}${mark(trust)}: ${change}${bound}${after.notes.map((note) => pc.yellow(` ! ${note}`)).join('')}`;
}

/** The maximum, and how far what it rests on can be trusted. */
export function certified(certificate: Certificate, today: string): string[] {
  const prices = certificate.prices.map((price) => price.id + mark({ ...price, stale: isStale(price.asOf, today) }));
  return [
    `${pc.bold(`At most ${money(certificate.certificateUsd)} USD a month, whatever the traffic`)} ${pc.dim('by the prices of')} ${prices.join(', ')}`,
    ...certificate.unbounded.map((each) => pc.yellow(`  but for ${each}: set a budget there`)),
  ];
}
