import { appRouter, errors, type ErrorCode } from '@twohop/api';
import type { Spending } from '@twohop/quota';
import { expect, it } from 'vitest';
import { observed } from './alerts/observed.ts';
import { type Metrics, metrics } from './metrics.ts';

const codes = ['ok', ...Object.keys(errors)] as (ErrorCode | 'ok')[];
const procedures = Object.keys(appRouter._def.procedures);
const OPERATIONS = ['highlights', 'search', 'embeddings'];

const cap = { window: 1, settled: 1_500_000, held: 250_000, limit: 5_000_000, resetsAtMs: 0 };
const spending: Spending = {
  day: { ...cap, scope: 'cap-day' },
  month: { ...cap, scope: 'cap-month', limit: 50_000_000 },
  earlierDays: [],
  worstMicroUsd: 880,
};

/** Each user at an address of their own meets everything once, through all that counts. */
function used(users: number): Metrics {
  const measured = metrics();
  measured.room(() => ({ limit: 8, inUse: 3 }));
  const seen = observed(() => 1_000_000);
  for (let n = 0; n < users; n++) {
    const from = `2001:db8:${n.toString(16)}::/64`;
    const code = codes[n % codes.length] ?? 'ok';
    measured.observe({ procedure: procedures[n % procedures.length] ?? '', code, ms: n, from });
    measured.model({ operation: OPERATIONS[n % OPERATIONS.length] ?? '', code, ms: n });
    measured.refused(code);
    measured.alerted('webhook', 'delivered');
    seen.call(code, from);
    seen.user(`user-${n}`, 1_000_000);
  }
  const { refusedByStore: refusals, ...facts } = seen.facts();
  measured.looked({
    ...facts,
    nowMs: 1_000_000,
    spending,
    pace: null,
    store: { downSinceMs: null, refusals },
    keySinceMs: 5_000,
  });
  return measured;
}

/** `name{labels}` of each line, without what Node says of itself. */
const seriesOf = async ({ registry }: Metrics): Promise<string[]> =>
  (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('twohop_'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')))
    .toSorted();

it('ten thousand users make no more series than everything that can happen once', { timeout: 20_000 }, async () => {
  const all = procedures.length * codes.length * OPERATIONS.length;
  const [once, many] = [await seriesOf(used(all)), await seriesOf(used(10_000 + all))];
  expect(once.length).toBeGreaterThan(1_000);
  expect(many).toEqual(once);
  const values = new Set(
    [...many.join().matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value]) => (name === 'le' ? 'le' : value)),
  );
  const closed = [...codes, ...procedures, ...OPERATIONS, 'le', 'day', 'month', 'webhook', 'delivered'];
  expect([...values].filter((value) => !closed.includes(value ?? ''))).toEqual([]);
});

it('tells the caps in dollars, and whether the ledger answers', async () => {
  const text = await used(1).registry.metrics();
  for (const line of [
    'twohop_cap_spent_usd{period="day"} 1.5',
    'twohop_cap_held_usd{period="month"} 0.25',
    'twohop_cap_limit_usd{period="month"} 50',
    'twohop_run_worst_usd 0.00088',
    'twohop_ledger_up 1',
    'twohop_watch_timestamp_seconds 1000',
    'twohop_model_key_created_timestamp_seconds 5',
    'twohop_new_accounts 1',
    'twohop_admission_limit 8',
  ])
    expect(text.split('\n')).toContain(line);
});

it('has names by convention: a base unit at the end, and a help', async () => {
  const all = (await used(1).registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('twohop_'));
  expect(all.length).toBeGreaterThan(10);
  const endings: Readonly<Record<string, RegExp>> = { counter: /_total$/, histogram: /_seconds$/ };
  for (const { name, help, type } of all as unknown as { name: string; help: string; type: string }[]) {
    expect(name).toMatch(endings[type] ?? /^twohop_/);
    expect(name).not.toMatch(/_(ms|us|milliseconds|micro_usd)(_|$)/);
    expect(help).toMatch(/^[A-Z1].*\.$/);
  }
});
