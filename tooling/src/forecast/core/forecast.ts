import { type Caps, type Hosted, type Hosting, mapParts, type Parts, totalOf } from './hosting.ts';
import { type Drawn, type DrawOptions, drawsOf, type Simulations } from './month.ts';
import { type Prices, type Trust, offerOf, trustOf } from './prices.ts';
import type { Measured } from './unit-cost.ts';
import type { Workload } from './workload.ts';
import { type Unbounded, worstOf } from './worst.ts';

export interface ForecastInput {
  readonly workload: Workload;
  readonly prices: Prices;
  readonly measured: Measured;
  readonly hosting: Hosting;
  readonly caps: Caps;
  /** The data hop's answer to "what if all of it went through the server?". */
  readonly databaseThroughServer?: boolean;
  /** ISO date: what prices are old against. */
  readonly today: string;
  /** What was simulated already: no price changes it. Handed on from one forecast to the next, it saves most of the time. */
  readonly simulations: Simulations;
}

/** One bill of a month out of many, with its parts: they sum up to it. */
export interface Figure {
  readonly usd: number;
  readonly parts: Parts;
}

export interface MonthForecast {
  /** 1 is the first. */
  readonly month: number;
  readonly users: number;
  readonly p50: Figure;
  readonly p95: Figure;
  readonly worst: Figure;
  /** Of the calls, what the caps and the instances turn away at P50 and P95. */
  readonly refusedP50: number;
  readonly refusedP95: number;
}

export interface ProviderForecast extends Trust {
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  readonly unverified: readonly string[];
  readonly months: readonly [MonthForecast, ...MonthForecast[]];
  /** What has no maximum: for these `worst` has the P95. */
  readonly unbounded: readonly Unbounded[];
  /** What free plans refuse at P50, and instances of the first hop that are too few. */
  readonly notes: readonly string[];
}

/** The model's offers, cheapest P50 first, each with the first hop, database and sign-in of the hosting. */
export function forecast(input: ForecastInput): ProviderForecast[] {
  const models = input.prices.offers.filter(({ role }) => role === 'model');
  return models
    .map(({ id }) => forecastOf(input, { ...input.hosting, model: id }))
    .toSorted((one, other) => one.months[0].p50.usd - other.months[0].p50.usd);
}

/** One row: the model's offer that the hosting names. */
export function forecastOf(input: ForecastInput, hosting: Hosting): ProviderForecast {
  const hosted = hostedOf(input.prices, hosting);
  const { model } = hosted;
  const options: DrawOptions = { ...input, hosted };
  const months = drawsOf(options).map((draws, index) => monthForecast(index + 1, draws, options));
  const [first, ...others] = months;
  if (!first) throw new RangeError('a forecast has one month at least');
  return {
    id: model.id,
    vendor: model.vendor,
    name: model.name,
    unverified: model.unverified,
    ...trustOf(model, input.today),
    months: [first.month, ...others.map(({ month }) => month)],
    unbounded: worstOf(hosted, input.caps).unbounded,
    notes: first.notes,
  };
}

export const hostedOf = (prices: Prices, hosting: Hosting): Hosted => ({
  model: offerOf(prices, 'model', hosting.model),
  firstHop: offerOf(prices, 'first-hop', hosting.firstHop),
  database: offerOf(prices, 'database', hosting.database),
  signIn: offerOf(prices, 'sign-in', hosting.signIn),
  modelInstances: hosting.modelInstances,
  serverInstances: hosting.serverInstances,
});

function monthForecast(month: number, draws: ReturnType<typeof drawsOf>[number], { hosted, caps }: DrawOptions) {
  const at = (share: number, by: (bill: Drawn) => number): Drawn => {
    const sorted = draws.bills.toSorted((one, other) => by(one) - by(other));
    const bill = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
    if (!bill) throw new RangeError('a forecast draws at least once');
    return bill;
  };
  const refused = (share: number) => at(share, (bill) => bill.refused).refused;
  const total = (bill: Drawn) => totalOf(bill.parts);
  const [p50, p95] = [at(0.5, total), at(0.95, total)];
  return {
    month: {
      month,
      users: draws.users,
      p50: figureOf(p50.parts),
      p95: figureOf(p95.parts),
      worst: figureOf(worstParts(worstOf(hosted, caps), p95.parts)),
      refusedP50: refused(0.5),
      refusedP95: refused(0.95),
    },
    notes: p50.notes,
  };
}

const figureOf = (parts: Parts): Figure => ({ usd: totalOf(parts), parts });

/** Where nothing bounds a part, the P95 stands in for what it may become. */
function worstParts({ parts, unbounded }: ReturnType<typeof worstOf>, p95: Parts): Parts {
  const open = new Set<keyof Parts>(unbounded.map(({ part }) => part));
  return mapParts(parts, (usd, name) => (open.has(name) ? Math.max(usd, p95[name]) : usd));
}
