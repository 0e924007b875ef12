import pc from 'picocolors';
import { type HostName, hostNames } from './case.ts';
import type { CaseRow } from './conformance.ts';

/** A row a case, a column a host; below it, what was seen where that is something else. */
export function tableOf(rows: readonly CaseRow[], versions: Readonly<Record<HostName, string>>): string {
  const heads = hostNames.map((host) => `${host} ${versions[host]}`);
  const line = (cells: readonly string[], name: string) => `${cells.join('  ')}  ${name}`;
  const cellOf = (row: CaseRow, at: number) => {
    const cell = row.hosts[hostNames[at] ?? 'node'];
    const mark = !cell ? '-' : !cell.ok ? pc.red('✗') : cell.otherwise ? pc.yellow('~') : pc.green('✓');
    return mark + ' '.repeat(Math.max(0, (heads[at]?.length ?? 1) - 1));
  };
  const lines = rows.flatMap((row) => {
    const own = line(
      heads.map((_head, at) => cellOf(row, at)),
      `${row.name}: ${pc.dim(row.expected)}`,
    );
    const bad = hostNames.flatMap((host) => {
      const cell = row.hosts[host];
      if (!cell || (cell.ok && !cell.otherwise)) return [];
      return [(cell.ok ? pc.yellow : pc.red)(`    ${host}: ${cell.actual}`)];
    });
    return [own, ...bad];
  });
  return [line(heads, 'case'), ...lines].join('\n');
}

export const holds = ({ hosts }: CaseRow): boolean => hostNames.every((host) => hosts[host]?.ok ?? false);
