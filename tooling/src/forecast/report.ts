import { certificateOf, type Certificate } from './core/certificate.ts';
import { forecast, type ForecastInput, hostedOf, type ProviderForecast } from './core/forecast.ts';
import { mapParts, type Parts } from './core/hosting.ts';
import { type Offer, type Trust, trustOf } from './core/prices.ts';
import { type Answer, questions } from './core/what-if.ts';

/** All that a forecast prints, in whatever form. */
export interface Report {
  readonly input: ForecastInput;
  readonly rows: readonly ProviderForecast[];
  /** The rows without what `--price`, `--edge` and `--through-server` change; null when nothing is asked. */
  readonly before: ReadonlyMap<string, ProviderForecast> | null;
  /** What stands in every row beside the model, and how far its prices can be trusted. */
  readonly shared: readonly SharedOffer[];
  readonly answers: readonly Answer[];
  readonly certificate: Certificate;
}

export interface SharedOffer extends Trust {
  readonly id: string;
  readonly role: Offer['role'];
  readonly name: string;
  readonly unverified: readonly string[];
}

/** @param base the same without what is asked; null when nothing is. */
export function reportOf(input: ForecastInput, base: ForecastInput | null): Report {
  const hosted = hostedOf(input.prices, input.hosting);
  return {
    input,
    rows: forecast(input),
    before: base && new Map(forecast(base).map((row) => [row.id, row])),
    shared: [hosted.firstHop, hosted.database, hosted.signIn].map((offer) => ({
      id: offer.id,
      role: offer.role,
      name: `${offer.vendor} ${offer.name}`,
      unverified: offer.unverified,
      ...trustOf(offer, input.today),
    })),
    answers: base ? [] : questions(input),
    certificate: certificateOf(hosted, input.caps),
  };
}

const cents = (usd: number): number => Math.round(usd * 100) / 100;
const centsOf = (parts: Parts): Parts => mapParts(parts, cents);

const bills = ({ months: [first] }: ProviderForecast) => ({
  p50Usd: cents(first.p50.usd),
  p95Usd: cents(first.p95.usd),
  worstUsd: cents(first.worst.usd),
});

/** For machines: `--json`. USD in cents; the figures of a provider are those of its first month. */
export const jsonOf = ({ input, rows, before, shared, answers, certificate }: Report) => ({
  ok: true,
  today: input.today,
  workload: input.workload,
  hosting: input.hosting,
  measured: { asOf: input.measured.asOf, machine: input.measured.machine, load: input.measured.load },
  providers: rows.map((row) => ({
    id: row.id,
    vendor: row.vendor,
    name: row.name,
    asOf: row.asOf,
    verified: row.verified,
    stale: row.stale,
    unverified: row.unverified,
    ...bills(row),
    unbounded: row.unbounded,
    notes: row.notes,
    ...(before?.get(row.id) && { before: bills(before.get(row.id) as ProviderForecast) }),
    months: row.months.map(({ month, users, p50, p95, worst, refusedP50, refusedP95 }) => ({
      month,
      users,
      p50: centsOf(p50.parts),
      p95: centsOf(p95.parts),
      worst: centsOf(worst.parts),
      refusedP50,
      refusedP95,
    })),
  })),
  shared,
  questions: answers.map(({ question, id, trust, before: now, after }) => ({
    question,
    id,
    ...trust,
    before: bills(now),
    after: bills(after),
  })),
  certificateUsd: certificate.certificateUsd,
  certificate,
});
