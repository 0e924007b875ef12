import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';

export interface Measured {
  readonly machine: string;
  readonly sentencesPerSecond: number;
  readonly source: string;
}

interface Figure {
  readonly machine: string;
  readonly source: string;
  /** The row of a table there; its group is the figure. */
  readonly row: RegExp;
}

/** Where the figures were measured: they are read from there, so that the two cannot part. */
const FIGURES: readonly Figure[] = [
  {
    machine: 'two cores of a Xeon with AMX, bf16',
    source: 'docs/benchmarks/ml-elsewhere.md',
    row: /^\| 32 sentences a request, 4 in flight \| ([\d ]+) \|/m,
  },
  {
    machine: 'one NVIDIA H200, fp16, one process',
    source: 'docs/benchmarks/ml-elsewhere.md',
    row: /^\| 64 sentences \| 64 \| \d+ \| ([\d ]+) \|/m,
  },
];

/** @throws Error when a benchmark no longer has its row. */
export const measured = (): readonly Measured[] =>
  FIGURES.map(({ machine, source, row }) => {
    const found = row.exec(readFileSync(join(root, source), 'utf8'))?.[1]?.replaceAll(' ', '');
    if (!found) throw new Error(`${source} has no row ${String(row)} any more: adapt tooling/src/capacity/measured.ts`);
    return { machine, source, sentencesPerSecond: Number(found) };
  });
