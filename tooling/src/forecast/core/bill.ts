import type { Meter, Offer, Unit } from './prices.ts';

export type Usage = Partial<Record<Unit, number>>;

export interface Bill {
  /** By unit, before the credit. */
  readonly usd: Usage;
  /** Above a quota: what nobody is billed for, because it was not served. */
  readonly refused: Usage;
}

/** What a month of so many days costs: each meter counts what was used, less what is free and what is refused. */
export function billOf({ meters }: Pick<Offer, 'meters'>, usage: Usage, days: number): Bill {
  const usd: Usage = {};
  const refused: Usage = {};
  for (const meter of meters) {
    const quantity = usage[meter.unit] ?? 0;
    const allowed = Math.min(quantity, allowanceOf(meter.quota, days) ?? quantity);
    if (allowed < quantity) refused[meter.unit] = quantity - allowed;
    usd[meter.unit] = (usd[meter.unit] ?? 0) + priceOf(meter, Math.max(0, allowed - (allowanceOf(meter.free, days) ?? 0)));
  }
  return { usd, refused };
}

export const sumOf = (usage: Usage): number => Object.values(usage).reduce((sum, each) => sum + each, 0);

/** A daily allowance is taken to be used alike on all days. */
const allowanceOf = (allowance: Meter['free'], days: number): number | undefined =>
  allowance === undefined ? undefined : allowance.amount * (allowance.each === 'day' ? days : 1);

function priceOf({ usd, tiers, per }: Meter, quantity: number): number {
  if (!tiers) return ((usd ?? 0) * quantity) / per;
  let sum = 0;
  let below = 0;
  for (const tier of tiers) {
    const top = tier.upTo ?? Number.POSITIVE_INFINITY;
    sum += (Math.max(0, Math.min(quantity, top) - below) * tier.usd) / per;
    below = top;
  }
  return sum;
}
