/** The library's form of a vector: one byte a dimension, as precise as its largest allows. Its length carries no meaning. */
export const quantized = (vector: readonly number[]): Int8Array => {
  const largest = Math.max(...vector.map(Math.abs));
  return Int8Array.from(vector, (value) => (largest === 0 ? 0 : Math.round((value / largest) * 127)));
};

/** Cosine of the angle between them, −1 to 1. */
export const similarity = (one: Int8Array, other: Int8Array): number => {
  let product = 0;
  let oneSquared = 0;
  let otherSquared = 0;
  for (let index = 0; index < one.length; index += 1) {
    const left = one[index] ?? 0;
    const right = other[index] ?? 0;
    product += left * right;
    oneSquared += left * left;
    otherSquared += right * right;
  }
  return oneSquared === 0 || otherSquared === 0 ? 0 : product / Math.sqrt(oneSquared * otherSquared);
};
