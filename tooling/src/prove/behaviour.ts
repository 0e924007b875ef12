/** What the fixture model does with a call. It travels as the first line of the text, so that every run can have its own. */
export interface Behaviour {
  /** Names the run in the execution log: the caller doesn't know its run id before the reply. */
  readonly tag: string;
  /** How long it works before it reports; what it uses is in the log even if nobody waits for the reply. */
  readonly workMs?: number;
  /** `x-compute-us` as sent; null: the header is left out. The configured cost when absent. */
  readonly report?: string | null;
  /** Says what ran when the run is cancelled, as ml-service does; else it doesn't know of cancels. */
  readonly hearsCancel?: boolean;
  /** 200 when absent. */
  readonly status?: number;
  /** `hang`: works and never replies. `die`: the process exits in mid-call. `garbage`: 200 with a body that breaks the contract. */
  readonly ends?: 'hang' | 'die' | 'garbage';
}

const TEXT_CHARS = 300;

/** The text of a call; `words` make it another input. All are of one length: what they cost is known, so their estimate is. */
export const textOf = (behaviour: Behaviour, words = 'A sentence to be marked.'): string =>
  `${JSON.stringify(behaviour).padEnd(TEXT_CHARS - words.length)}\n${words}`;

export const behaviourOf = (text: string): Behaviour => JSON.parse(text.split('\n', 1)[0] ?? '') as Behaviour;

/** One line of the execution log, written before (`start`) and after (`ran`) the work of a run. */
export interface Execution {
  readonly event: 'start' | 'ran';
  readonly runId: string;
  readonly tag: string;
  /** What the model used of its time: on `ran`. */
  readonly us: number;
  readonly atMs: number;
}
