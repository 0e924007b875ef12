import type { Live } from '@twohop/sdk';
import { clock, count, milliseconds, usd } from '../figures.ts';
import { Chart } from '../parts/chart.tsx';

type Slice = Live['slices'][number];
type Spending = NonNullable<Live['spending']>;

const SLICE_MS = 10_000;
/** An instance that has just started has two minutes on its picture, and later ten. */
const [LEAST_SHOWN, MOST_SHOWN] = [12, 60];
const DAY_MS = 86_400_000;

interface Point {
  readonly at: string;
  readonly slice: Slice | undefined;
}

/** Every ten seconds, also those in which nothing happened. */
function timeline({ slices, now, since }: Live): readonly Point[] {
  const lastMs = Math.floor(Date.parse(now) / SLICE_MS) * SLICE_MS;
  const lived = Math.ceil((lastMs - Date.parse(since)) / SLICE_MS) + 1;
  const shown = Math.min(MOST_SHOWN, Math.max(LEAST_SHOWN, lived));
  const known = new Map(slices.map((slice) => [Date.parse(slice.at), slice]));
  return Array.from({ length: shown }, (_, n) => {
    const ms = lastMs - (shown - 1 - n) * SLICE_MS;
    return { at: clock(new Date(ms).toISOString()), slice: known.get(ms) };
  });
}

const named = (points: readonly Point[]): string[] => points.map(({ at }) => at);

export function CallsChart({ live }: { live: Live }) {
  const points = timeline(live);
  const bars = (name: string, color: string, of: (slice: Slice) => number) => {
    const data = points.map(({ slice }) => (slice ? of(slice) : 0));
    return { name, color, type: 'bar', stack: 'calls', barCategoryGap: '20%', data };
  };
  return (
    <Chart
      label="Runs that ended well and calls that were refused, in the last ten minutes"
      names={named(points)}
      format={count}
      series={({ good, wrong }) => [bars('ended well', good, ({ ok }) => ok), bars('refused', wrong, ({ refused }) => refused)]}
    />
  );
}

export function LatencyChart({ live }: { live: Live }) {
  const points = timeline(live);
  const line = (name: string, color: string, of: (slice: Slice) => number | null) => {
    const data = points.map(({ slice }) => (slice ? of(slice) : null));
    return { name, color, type: 'line', connectNulls: true, showAllSymbol: true, symbol: 'circle', symbolSize: 6, data };
  };
  return (
    <Chart
      label="Latency of runs in the last ten minutes: of half of them, and of 95 percent"
      names={named(points)}
      format={milliseconds}
      series={({ good, focus }) => [
        line('half of the runs', good, ({ p50Ms }) => p50Ms),
        line('95 %', focus, ({ p95Ms }) => p95Ms),
      ]}
    />
  );
}

const dollars = (value: number): string => usd(value * 1e6);

export function DaysChart({ spending, now }: { spending: Spending; now: string }) {
  const days = [spending.day.settledMicroUsd, ...spending.earlierDaysMicroUsd].toReversed();
  const data = days.map((microUsd) => microUsd / 1e6);
  const names = days.map((_, n) => new Date(Date.parse(now) - (days.length - 1 - n) * DAY_MS).toISOString().slice(5, 10));
  return (
    <Chart
      label="Spend of the last fourteen days, in dollars"
      names={names}
      format={dollars}
      series={({ focus }) => [
        {
          name: 'spent',
          color: focus,
          type: 'bar',
          tooltip: { valueFormatter: (value: unknown) => dollars(Number(value)) },
          data,
        },
      ]}
    />
  );
}
