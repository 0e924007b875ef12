export type StoreName = 'sqlite' | 'postgres';

/** One line of the proof: what had to be, and what was. */
export interface Row {
  readonly name: string;
  readonly store: StoreName;
  readonly ok: boolean;
  readonly expected: string;
  readonly actual: string;
}

export type Verdict = Omit<Row, 'name' | 'store'>;

/** Ok exactly when both say the same: for everything that must be exact. */
export const exactly = (expected: string, actual: string): Verdict => ({ ok: expected === actual, expected, actual });

/** `3 refused, 2 admitted`: how often each occurs, the most frequent first. */
export function tally(values: readonly string[]): string {
  const groups = Object.entries(Object.groupBy(values, (value) => value)).map(
    ([value, all]) => [value, all?.length ?? 0] as const,
  );
  return groups
    .toSorted(([, a], [, b]) => b - a)
    .map(([value, times]) => `${times} ${value}`)
    .join(', ');
}
