import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { root } from '../root.ts';
import type { Row } from './row.ts';

/** `store`: what a row was shown on. */
type Line = Omit<Row, 'store'> & { readonly store: string };

export function tableOf(rows: readonly Line[], seconds: number): string {
  const lines = rows.flatMap(({ name, store, ok, expected, actual }) => {
    const head = `${ok ? pc.green('✓') : pc.red('✗')} ${pc.dim(store.padEnd(8))} ${name}: ${actual}`;
    return ok ? [head] : [head, pc.red(`             expected ${expected}`)];
  });
  const bad = rows.filter(({ ok }) => !ok).length;
  return [...lines, `${rows.length - bad} of ${rows.length} rows hold (${seconds} s)`].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** What stands above the table. */
export interface Proof {
  /** Of its file in docs/proofs. */
  readonly name: string;
  readonly title: string;
  readonly command: string;
  readonly lead: readonly string[];
}

/** Writes docs/proofs/<name>.md: the table as it came out, and on what. */
export async function writeProof({ name, title, command, lead }: Proof, rows: readonly Line[], seconds: number): Promise<void> {
  const bad = rows.filter(({ ok }) => !ok).length;
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const lines = [
    `# ${title}`,
    '',
    `<!-- Written by \`${command}\`: run it again instead of editing. -->`,
    '',
    ...lead,
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
  await writeFile(join(root, 'docs', 'proofs', `${name}.md`), lines.join('\n'));
}
