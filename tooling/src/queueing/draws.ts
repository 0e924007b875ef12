/** Numbers from 0 to below 1, as `randomFrom(seed)` gives them. */
export type Random = () => number;

export const exponential = (mean: number, random: Random): number => -mean * Math.log(1 - random());

/** Log-normal with this mean; `spread` is its standard deviation over its mean. */
export function logNormal(mean: number, spread: number): (random: Random) => number {
  const variance = Math.log(1 + spread ** 2);
  const middle = Math.log(mean) - variance / 2;
  return (random) => Math.exp(middle + Math.sqrt(variance) * normal(random));
}

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Calls by people who know nothing of each other (Poisson): seconds, ascending, until `seconds`. */
export function* poissonArrivals(
  perSecond: number | { readonly at: (second: number) => number; readonly most: number },
  seconds: number,
  random: Random,
): Generator<number> {
  const { at, most } = typeof perSecond === 'number' ? { at: () => perSecond, most: perSecond } : perSecond;
  for (let now = exponential(1 / most, random); now < seconds; now += exponential(1 / most, random)) {
    // Drawn at the highest rate, kept in proportion to the rate of the moment.
    if (random() * most < at(now)) yield now;
  }
}
