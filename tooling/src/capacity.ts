/**
 * `npm run capacity`: from the measured speed of a replica, by a simulated queue, to the replicas and the wait for 1,000 to
 * 10,000,000 daily users. Writes docs/capacity.md; `--json` prints one object and writes nothing.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measured } from './capacity/measured.ts';
import { type Assumptions, type Need, replicasFor } from './capacity/replicas.ts';
import { runCommand } from './command.ts';
import { root } from './root.ts';

const USERS = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/** A reader of news, and the page that the benchmark's sentences make. */
const ASSUMED: Assumptions = {
  callsPerUserDay: 5,
  busiestHour: 0.1,
  sentencesPerPage: 40,
  spread: 1,
  p95WaitS: 0.25,
  mostBusy: 0.8,
};

const grouped = (value: number): string => value.toLocaleString('en').replaceAll(',', ' ');

const rowOf = (need: Need): string =>
  [
    grouped(need.users),
    need.perSecond < 10 ? need.perSecond.toFixed(2) : grouped(Math.round(need.perSecond)),
    grouped(need.replicas),
    `${Math.round(need.busy * 100)} %`,
    `${need.p50WaitMs} ms`,
    `${need.p95WaitMs} ms`,
    `${need.p99WaitMs} ms`,
  ].join(' | ');

const tables = measured().map((each) => ({
  ...each,
  needs: USERS.map((users) => replicasFor(users, each.sentencesPerSecond, ASSUMED)),
}));

const document = (): string =>
  [
    '# Capacity',
    '',
    '<!-- Written by `npm run capacity`: run it again instead of editing. -->',
    '',
    'How many replicas of the model so many users need, and how long they wait for one in the busiest hour of the day. The speed of a',
    'replica is measured; the queue before the replicas is simulated, call by call (`tooling/src/queueing`, held against the closed',
    'formulas where there are any).',
    ...tables.flatMap(({ machine, sentencesPerSecond, source, needs }) => [
      '',
      `## A replica on ${machine}`,
      '',
      `${grouped(sentencesPerSecond)} sentences a second (\`${source}\`): a page takes ${Math.round((ASSUMED.sentencesPerPage / sentencesPerSecond) * 1000)} ms of it.`,
      '',
      '| users a day | calls a second | replicas | busy | wait p50 | p95 | p99 |',
      '|---|---|---|---|---|---|---|',
      ...needs.map((need) => `| ${rowOf(need)} |`),
    ]),
    '',
    '## What is assumed',
    '',
    `- Each of these users calls ${ASSUMED.callsPerUserDay} times that day, and ${ASSUMED.busiestHour * 100} % of the day's calls fall into its busiest hour (a flat day has 4 %).`,
    '  In that hour they come independently of each other (Poisson): a page that many read at the same moment is not in it.',
    `- A page has ${ASSUMED.sentencesPerPage} sentences on average, log-normal, with a spread as large as the mean: one page in a hundred has some 200.`,
    `- The fewest replicas are taken with which 95 of 100 calls wait for ${ASSUMED.p95WaitS * 1000} ms at most, and which are`,
    `  busy for ${ASSUMED.mostBusy * 100} % of that hour at most. A service that must outlive a replica needs two.`,
    '- A replica works for one call at a time at its full speed. Its batcher in truth shares it, which changes who waits, not how much.',
    '- One queue for all replicas. Ray Serve asks two replicas and takes the less loaded one, which is nearly as good, and a plain',
    '  balancer in turn is worse: with it, plan for 70 % busy at most.',
    '- What the first hop adds is not in it: one ledger settles about a hundred times as many calls a second as a replica on two cores',
    '  runs (`docs/benchmarks/ledger.md`).',
    '- The figures of the benchmark hold on its machine. On another, run `npm run bench -- ml` there first.',
    '',
    'Above one replica the first hop is scaled, too: PostgreSQL for the ledger, Redis for the rates ([deploy](deploy.md)). What this',
    'costs is the forecast’s, which uses the same queue.',
    '',
  ].join('\n');

await runCommand(async () => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  if (!values.json) await writeFile(join(root, 'docs', 'capacity.md'), document());
  console.log(values.json ? JSON.stringify({ ok: true, assumed: ASSUMED, tables }) : document());
  return 0;
});
