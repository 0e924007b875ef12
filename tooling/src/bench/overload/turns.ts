import { quantile, ratioOf } from '../figures.ts';

export interface Turns<T> {
  readonly calm: readonly T[];
  readonly burdened: readonly T[];
}

/**
 * Rounds without and with a burden in turns, each pair in the other order than the one before, so that a machine that grows slower
 * or faster favours neither.
 */
export async function inTurns<T>(rounds: number, calm: () => Promise<T>, burdened: () => Promise<T>): Promise<Turns<T>> {
  const seen: { readonly calm: T[]; readonly burdened: T[] } = { calm: [], burdened: [] };
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 1) seen.burdened.push(await burdened());
    seen.calm.push(await calm());
    if (round % 2 === 0) seen.burdened.push(await burdened());
  }
  return seen;
}

export interface Ratios {
  /** Burdened ÷ calm, by round. */
  readonly each: readonly number[];
  readonly median: number;
}

export function ratiosOf<T>({ calm, burdened }: Turns<T>, figureOf: (seen: T) => number): Ratios {
  const each = calm.map((seen, round) => ratioOf(figureOf(burdened[round] ?? seen), figureOf(seen)));
  return { each, median: quantile(each, 0.5) };
}
