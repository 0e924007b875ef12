import type { Density, Scored } from './density.ts';
import type { Failure } from './failure.ts';
import type { Passage } from './flow.ts';

/** What a page knows about its marks, as popup and panel show it. */
export interface PageState {
  /** `idle`: nothing marked. `reading`: marks are arriving. `failed`: those that have arrived stay. */
  readonly phase: 'idle' | 'reading' | 'marked' | 'failed' | 'empty';
  /** How much of the text has been read, 0 to 1. */
  readonly share: number;
  /** In the text so far. */
  readonly sentences: number;
  /** In the order of the text, as many as the density shows. */
  readonly marks: readonly Passage[];
  /** Index of the mark that was gone to last. */
  readonly current: number | null;
  readonly density: Density;
  readonly failure: Failure | null;
  /** Over the rate: when reading goes on by itself. */
  readonly waitsUntilMs: number | null;
  /** What the last receipt said is left. */
  readonly left: { readonly remainingUs: number; readonly resetsAt: string } | null;
}

/** What popup, panel and worker ask of a page. Each is answered with the state after it, `text` with the text. */
export interface PageCommands {
  mark: { readonly density: Density };
  /** Reads on after a failure. */
  resume: null;
  clear: null;
  density: { readonly density: Density };
  step: { readonly by: 1 | -1 };
  /** Scrolls to a passage and marks it as the current one. */
  show: Passage;
  text: null;
  state: null;
}
export type PageCommand = keyof PageCommands;
export interface PageText {
  readonly text: string;
  readonly title: string;
  readonly url: string;
}

/** A part of the page's text on its way to the model. */
export interface Part {
  readonly text: string;
  readonly count: number;
}

export interface RunRequest {
  readonly part: Part;
  /** Names the run: the same key asks for the same run, also after the worker was ended. */
  readonly key: string;
}

/** Offsets count from the part's own beginning. */
export interface PartResult {
  readonly marks: readonly Scored[];
  readonly sentences: number;
  readonly left: { readonly remainingUs: number; readonly resetsAt: string };
}
export type PartReply = { readonly ok: true; readonly result: PartResult } | { readonly ok: false; readonly failure: Failure };

/** Names of the ports between a page and the extension. */
export const runPort = 'run';
export const viewPort = 'view';
