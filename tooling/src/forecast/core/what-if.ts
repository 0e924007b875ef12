import { type ForecastInput, forecast, forecastOf, hostedOf, type ProviderForecast } from './forecast.ts';
import { type Meter, type Offer, offerOf, type Prices, type Trust, trustOf } from './prices.ts';

/** All that this vendor, or this one offer, asks for becomes so many times as dear. @throws Error when nothing bears the name. */
export function withPrice(prices: Prices, whose: string, times: number): Prices {
  const named = ({ id, vendor }: Offer): boolean => id === whose || vendor.toLowerCase() === whose.toLowerCase();
  if (!prices.offers.some(named)) {
    const vendors = [...new Set(prices.offers.map(({ vendor }) => vendor))].join(', ');
    throw new Error(`"${whose}" is neither a vendor (${vendors}) nor an offer of prices.json`);
  }
  const dearer = ({ usd, tiers, ...meter }: Meter): Meter => ({
    ...meter,
    ...(usd !== undefined && { usd: usd * times }),
    ...(tiers && { tiers: tiers.map((tier) => ({ ...tier, usd: tier.usd * times })) }),
  });
  return {
    ...prices,
    offers: prices.offers.map((offer) => (named(offer) ? { ...offer, meters: offer.meters.map(dearer) } : offer)),
  };
}

/** One answer: what it is now, and what it would be. */
export interface Answer {
  readonly question: string;
  /** The offer that the question is about, and how far its price can be trusted. */
  readonly id: string;
  readonly trust: Trust;
  readonly before: ProviderForecast;
  readonly after: ProviderForecast;
}

const PAID_DATABASE = 'firestore_regional';

/** The three questions that a maker asks before deploying, for the hosting that is configured. */
export function questions(input: ForecastInput): Answer[] {
  const { hosting, prices } = input;
  const before = forecastOf(input, hosting);
  const { model } = hostedOf(prices, hosting);
  const dear: ForecastInput = { ...input, prices: withPrice(prices, model.vendor, 2) };
  const [refuge] = forecast(dear).filter(({ vendor }) => vendor !== model.vendor);
  const edges = prices.offers.filter((offer) => offer.role === 'first-hop' && offer.edge);
  // The free plan refuses instead of costing more, so that the question has its answer where use is paid for.
  const databases = prices.offers.filter(
    ({ id, role }) => role === 'database' && (id === hosting.database || id === PAID_DATABASE),
  );
  const answer = (question: string, offer: Offer, after: ProviderForecast): Answer => ({
    question,
    id: offer.id,
    trust: trustOf(offer, input.today),
    before,
    after,
  });
  return [
    answer(`${model.vendor} doubles its prices, and you stay`, model, forecastOf(dear, hosting)),
    ...(refuge
      ? [answer(`${model.vendor} doubles its prices, and the model moves`, offerOf(prices, 'model', refuge.id), refuge)]
      : []),
    ...edges.map((edge) =>
      answer(
        `edge functions of ${edge.vendor} instead of the server`,
        edge,
        forecastOf(input, { ...hosting, firstHop: edge.id }),
      ),
    ),
    ...databases.map((database) => {
      const theirs = { ...hosting, database: database.id };
      const after = forecastOf({ ...input, databaseThroughServer: true }, theirs);
      return {
        ...answer(`the database through the server: ${database.name}`, database, after),
        before: forecastOf(input, theirs),
      };
    }),
  ];
}
