import { init } from 'echarts';
import { partNames } from './core/hosting.ts';
import type { Report } from './report.ts';

const TITLES = ['model compute', 'idle tail', 'cold starts', 'first hop', 'database', 'sign-in', 'egress'];
const COLOURS = ['#2563eb', '#f59e0b', '#ef4444', '#10b981', '#8b5cf6', '#64748b', '#0ea5e9'];
const ROW_PX = 24;

/** A picture of the first month: the parts of each provider's P50, its P95, and the most it can be. SVG. */
export function chartOf({ rows, input }: Report): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 1_000, height: 150 + ROW_PX * rows.length });
  const names = rows.map(({ id, verified, stale }) => `${id}${verified ? '' : ' ?'}${stale ? ' †' : ''}`);
  const points = (name: string, symbol: string, of: (row: (typeof rows)[number]) => number) => ({
    name,
    type: 'scatter' as const,
    symbol,
    symbolSize: 9,
    itemStyle: { color: '#111827' },
    data: rows.map((row, index) => [round(of(row)), index]),
  });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: {
      text: `${input.workload.users.toLocaleString('en')} users, ${input.workload.callsPerUserDay} calls a user a day: USD a month`,
      subtext: '? not verified   † older than 180 days or undated   bars: P50 by part',
    },
    legend: { bottom: 0, itemGap: 26 },
    grid: { left: 210, right: 40, top: 70, bottom: 70 },
    xAxis: { type: 'value', name: 'USD', min: 0 },
    yAxis: { type: 'category', data: names, inverse: true },
    color: COLOURS,
    series: [
      ...partNames.map((part, index) => ({
        name: TITLES[index],
        type: 'bar' as const,
        stack: 'p50',
        data: rows.map(({ months: [first] }) => round(first.p50.parts[part])),
      })),
      points('P95', 'diamond', ({ months: [first] }) => first.p95.usd),
      points('worst', 'triangle', ({ months: [first] }) => first.worst.usd),
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const round = (usd: number): number => Math.round(usd * 100) / 100;
