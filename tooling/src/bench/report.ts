import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { root } from '../root.ts';
import { type Bar, holds, type Report } from './figures.ts';

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;

export const versions = (): Record<string, string> => ({
  node: process.versions.node,
  sqlite: process.versions['sqlite'] ?? 'unknown',
});

const sayBar = ({ atLeast, atMost }: Bar): string => (atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`);

/** For a person at a terminal. */
export function textOf({ results, ratios, bars, notes }: Report): string {
  const figures = results.map(
    ({ name, concurrency, perSecond, p50Ms, p99Ms }) =>
      `${name.padEnd(26)} ${String(concurrency).padStart(3)} in flight ${String(perSecond).padStart(8)}/s  p50 ${p50Ms} ms  p99 ${p99Ms} ms`,
  );
  const compared = Object.entries(ratios).map(([name, ratio]) => `${name}: ${ratio}`);
  const judged = bars.map((bar) => `${holds(bar) ? pc.green('✓') : pc.red('✗')} ${bar.name}: ${bar.actual} (${sayBar(bar)})`);
  return [...figures, '', ...compared, '', ...judged, '', ...notes].join('\n');
}

/** Writes docs/benchmarks/<name>.md, which says by which command. */
export async function writeBenchmark(
  name: string,
  { results, ratios, bars, notes }: Report,
  command = `npm run bench -- ${name}`,
): Promise<void> {
  const lines = [
    `# Benchmark: ${name}`,
    '',
    `<!-- Written by \`${command}\`: run it again instead of editing. -->`,
    '',
    `${new Date().toISOString().slice(0, 10)}, ${machine()}, ${Object.entries(versions())
      .map(([tool, version]) => `${tool} ${version}`)
      .join(', ')}.`,
    '',
    '| what | in flight | a second | p50 ms | p99 ms |',
    '|---|---|---|---|---|',
    ...results.map((row) => `| ${row.name} | ${row.concurrency} | ${row.perSecond} | ${row.p50Ms} | ${row.p99Ms} |`),
    '',
    ...ratioTable(ratios),
    '| holds | bar | must be | is |',
    '|---|---|---|---|',
    ...bars.map((bar) => `| ${holds(bar) ? 'yes' : '**no**'} | ${bar.name} | ${sayBar(bar)} | ${bar.actual} |`),
    '',
    ...notes,
    '',
  ];
  const path = join(root, 'docs', 'benchmarks', `${name}.md`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, lines.join('\n'));
}

const ratioTable = (ratios: Report['ratios']): string[] => {
  const rows = Object.entries(ratios).map(([of, ratio]) => `| ${of} | ${ratio} |`);
  return rows.length === 0 ? [] : ['| ratio | |', '|---|---|', ...rows, ''];
};
