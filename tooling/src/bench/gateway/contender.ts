import type { ProcessSpec } from '../../processes.ts';

/** A gateway in front of the same upstream. */
export interface Contender {
  readonly name: string;
  readonly spec: ProcessSpec;
  readonly url: string;
  readonly version: string;
  /** What is on. */
  readonly does: string;
  /** The next call: each differs from all others, as those of different users do. */
  call(index: number): Call;
}

export interface Call {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What `build` needs: where everything is. */
export interface Place {
  readonly folder: string;
  readonly upstreamUrl: string;
  readonly port: number;
}

const filler = 'Other sentences say less and stay as they are. They are read by nobody in a hurry.';

/** The text of a call: three sentences, unlike those of any other call. */
export const textOf = (index: number): string => `Call ${index} has a text of its own. ${filler}`;
