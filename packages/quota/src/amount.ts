/**
 * Amounts are whole, non-negative and exactly representable. Every port checks: a NaN that gets through compares false
 * with every limit and spends without end, and a negative cost refills a budget.
 *
 * @throws RangeError naming the field and what is allowed.
 */
export function assertAmount(field: string, value: unknown): asserts value is number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${field} must be a whole number from 0 to 2^53-1, got ${String(value)}`);
  }
}
