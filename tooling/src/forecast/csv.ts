import { partNames } from './core/hosting.ts';
import type { Report } from './report.ts';

/** One line for each month, provider and case. */
export function csvOf({ rows, shared }: Report): string {
  // The other prices in each row, marked as in the table.
  const beside = shared.map(({ id, verified, stale }) => `${id}${verified ? '' : '?'}${stale ? '†' : ''}`).join(' ');
  const head = [
    'month',
    'users',
    'provider',
    'vendor',
    'name',
    'as_of',
    'verified',
    'stale',
    'case',
    'usd',
    ...partNames,
    'beside',
  ];
  const lines = rows.flatMap(({ id, vendor, name, asOf, verified, stale, months }) =>
    months.flatMap(({ month, users, ...figures }) =>
      (['p50', 'p95', 'worst'] as const).map((bill) => {
        const { usd, parts } = figures[bill];
        const amounts = [usd, ...partNames.map((part) => parts[part])].map((each) => each.toFixed(2));
        return [month, users, id, vendor, name, asOf ?? '', verified, stale, bill, ...amounts, beside];
      }),
    ),
  );
  return [head, ...lines].map((line) => line.map(cell).join(',')).join('\n');
}

/** RFC 4180: what holds a comma, a quote or a line's end is quoted. */
const cell = (value: string | number | boolean): string =>
  /[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
