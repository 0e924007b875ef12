import type { Live } from '@twohop/sdk';
import { clock, usd } from '../figures.ts';
import { Chart } from '../parts/chart.tsx';

type Slices = Live['slices'];
type Spending = NonNullable<Live['spending']>;

const SLICE_MS = 10_000;
const SHOWN = 60;
const DAY_MS = 86_400_000;

/** Every ten seconds of the last ten minutes, also those in which nothing happened. */
function timeline(slices: Slices, now: string): { at: string; slice: Slices[number] | undefined }[] {
  const lastMs = Math.floor(Date.parse(now) / SLICE_MS) * SLICE_MS;
  const known = new Map(slices.map((slice) => [Date.parse(slice.at), slice]));
  return Array.from({ length: SHOWN }, (_, n) => {
    const ms = lastMs - (SHOWN - 1 - n) * SLICE_MS;
    return { at: clock(new Date(ms).toISOString()), slice: known.get(ms) };
  });
}

interface SlicesProps {
  readonly slices: Slices;
  readonly now: string;
}

export function CallsChart({ slices, now }: SlicesProps) {
  const line = timeline(slices, now);
  const bars = (name: string, color: string, of: (slice: Slices[number]) => number) => ({
    name,
    color,
    type: 'bar',
    stack: 'calls',
    barCategoryGap: '20%',
    data: line.map(({ slice }) => (slice ? of(slice) : 0)),
  });
  return (
    <Chart
      label="Runs that ended well and calls that were refused, in the last ten minutes"
      option={({ good, wrong, line: rule }) => ({
        xAxis: { type: 'category', data: line.map(({ at }) => at), axisTick: { show: false } },
        yAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: rule } } },
        series: [bars('ended well', good, ({ ok }) => ok), bars('refused', wrong, ({ refused }) => refused)],
      })}
    />
  );
}

export function LatencyChart({ slices, now }: SlicesProps) {
  const line = timeline(slices, now);
  const points = (name: string, color: string, of: (slice: Slices[number]) => number | null) => ({
    name,
    color,
    type: 'line',
    connectNulls: true,
    symbolSize: 5,
    data: line.map(({ slice }) => (slice ? of(slice) : null)),
  });
  return (
    <Chart
      label="Latency of runs in the last ten minutes: of half of them, and of 95 percent"
      option={({ good, focus, line: rule }) => ({
        xAxis: { type: 'category', data: line.map(({ at }) => at), axisTick: { show: false } },
        yAxis: { type: 'value', axisLabel: { formatter: '{value} ms' }, splitLine: { lineStyle: { color: rule } } },
        series: [points('half', good, ({ p50Ms }) => p50Ms), points('95 %', focus, ({ p95Ms }) => p95Ms)],
      })}
    />
  );
}

export function DaysChart({ spending, now }: { spending: Spending; now: string }) {
  const days = [spending.day.settledMicroUsd, ...spending.earlierDaysMicroUsd].toReversed();
  const names = days.map((_, n) => new Date(Date.parse(now) - (days.length - 1 - n) * DAY_MS).toISOString().slice(5, 10));
  const format = (value: unknown) => usd(Number(value) * 1e6);
  return (
    <Chart
      label="Spend of the last fourteen days, in dollars"
      option={({ focus, line }) => ({
        xAxis: { type: 'category', data: names, axisTick: { show: false } },
        yAxis: { type: 'value', axisLabel: { formatter: format }, splitLine: { lineStyle: { color: line } } },
        series: [
          {
            name: 'spent',
            color: focus,
            type: 'bar',
            tooltip: { valueFormatter: format },
            data: days.map((microUsd) => microUsd / 1e6),
          },
        ],
      })}
    />
  );
}
