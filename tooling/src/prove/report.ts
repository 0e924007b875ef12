import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { root } from '../root.ts';
import type { Row } from './row.ts';

export function tableOf(rows: readonly Row[], seconds: number): string {
  const lines = rows.flatMap(({ name, store, ok, expected, actual }) => {
    const head = `${ok ? pc.green('✓') : pc.red('✗')} ${pc.dim(store.padEnd(8))} ${name}: ${actual}`;
    return ok ? [head] : [head, pc.red(`             expected ${expected}`)];
  });
  const bad = rows.filter(({ ok }) => !ok).length;
  return [...lines, `${rows.length - bad} of ${rows.length} rows hold (${seconds} s)`].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** Writes docs/proofs/ledger.md: the table as it came out, and on what. */
export async function writeProof(rows: readonly Row[], seconds: number): Promise<void> {
  const bad = rows.filter(({ ok }) => !ok).length;
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const lines = [
    '# Proofs of the ledger',
    '',
    '<!-- Written by `npm run prove`: run it again instead of editing. -->',
    '',
    'Nobody spends past a limit, and nobody pays twice. Each row is measured on real server processes that share one real',
    'store, in front of a model whose cost is exactly known and which keeps its own log of what it executed. `npm run prove',
    '-- --quick` takes a spread of the rows in two minutes.',
    '',
    `${rows.length - bad} of ${rows.length} rows hold. ${new Date().toISOString().slice(0, 10)}, ${seconds} s, Node ${process.versions.node}, ${machine}.`,
    '',
    '| holds | store | what | expected | actual |',
    '|---|---|---|---|---|',
    ...rows.map(
      (row) => `| ${row.ok ? 'yes' : '**no**'} | ${row.store} | ${[row.name, row.expected, row.actual].map(cell).join(' | ')} |`,
    ),
    '',
  ];
  await mkdir(join(root, 'docs', 'proofs'), { recursive: true });
  await writeFile(join(root, 'docs', 'proofs', 'ledger.md'), lines.join('\n'));
}
