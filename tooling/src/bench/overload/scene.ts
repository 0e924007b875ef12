import type { Bar, Result } from '../figures.ts';
import type { Calls } from './calls.ts';

/** Work enough that refusing it is cheap beside running it, as with any model that is worth a gateway. One batch of the model's. */
export const SENTENCES = 16;
/** A round of what is measured in turns. */
export const ROUND_SECONDS = 8;

export interface Scene {
  readonly calls: Calls;
  /** Before the name of each row. */
  readonly where: string;
  /** Runs of one sentence a second, well below what the model can do: what is late is late by what comes beside them. */
  readonly quietPerSecond: number;
  /** Stretches every phase. */
  readonly seconds: (full: number) => number;
  /** Of what is measured in turns. */
  readonly rounds: number;
  readonly tell: (line: string) => void;
}

export interface Part {
  readonly rows: readonly Result[];
  readonly bars: readonly Bar[];
  readonly notes: readonly string[];
}
