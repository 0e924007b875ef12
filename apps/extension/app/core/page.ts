import type { Left } from './amounts.ts';
import type { Density, Scored } from './density.ts';
import type { Failure, Passing } from './failure.ts';
import type { Passage } from './flow.ts';

/** What a page knows about its marks, as popup and panel show it. */
export interface PageState {
  /** `asking`: a long page, of which somebody has to say yes first. `reading`: marks arrive. `failed`: those that came stay. */
  readonly phase: 'idle' | 'asking' | 'reading' | 'marked' | 'failed' | 'empty';
  /** Characters of the text, once it has been looked at. */
  readonly chars: number;
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
  /** What is waited for, and when reading goes on by itself. */
  readonly waits: { readonly code: Passing; readonly untilMs: number } | null;
  /** What the last receipt said is left. */
  readonly left: Left | null;
}

/** What popup, panel and worker ask of a page. Each is answered with the state after it, `text` with the text. */
export interface PageCommands {
  /** `sure`: also where the page is long. */
  mark: { readonly density: Density; readonly sure: boolean };
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

/** A chunk of the page's text on its way to the model, which reads it part by part. */
export interface Chunk {
  readonly text: string;
  /** Marks wanted of each part. */
  readonly count: number;
}

export interface RunRequest extends Chunk {
  /** Names the run: the same key asks for the same run, also after the worker was ended. */
  readonly key: string;
}

/** A part that has been read. Offsets count from the chunk's own beginning; `end` is how far it has been read. */
export interface PartMarks {
  readonly marks: readonly Scored[];
  readonly sentences: number;
  readonly end: number;
}

/** Who asks for a chunk: told of each part as it comes; leaving by the signal ends the run, on the server too. */
export interface Reader {
  readonly onPart: (part: PartMarks) => void;
  readonly signal: AbortSignal;
}

export type RunEnd = { readonly ok: true; readonly left: Left } | { readonly ok: false; readonly failure: Failure };
/** What the worker tells a page of its run: parts, then the end. */
export type RunEvent = { readonly part: PartMarks } | { readonly end: RunEnd };

/** Names of the ports between a page and the extension. */
export const runPort = 'run';
export const viewPort = 'view';
