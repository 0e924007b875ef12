/** A moment as every answer has it. */
export const isoOf = (ms: number): string => new Date(ms).toISOString();
