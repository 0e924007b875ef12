/**
 * What a failed batch means for the calls in it. `retry`: nothing was written and the same again may go through. `broken`: one
 * of the calls cannot be done, and nothing was written. `full`: the store cannot write now, and nothing was written. `down`: it
 * cannot serve now, and nobody knows what was written.
 */
export type Fault = 'retry' | 'broken' | 'full' | 'down';

export class BatchFailed extends Error {
  override readonly name = 'BatchFailed';
  readonly fault: Fault;

  constructor(fault: Fault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** How calls reach a store that is somewhere else: a worker thread, a database server. */
export interface Transport {
  /** False while it is known that nothing gets through. */
  isUp(): boolean;
  /** Told each time that it is up again. */
  onUp(listener: () => void): void;
  /**
   * One batch at a time, as one transaction: all of it is durable when this resolves. `calls` is a JSON array of
   * `[operation, argument, …]`; the results stand in its order. Rejects with `BatchFailed`.
   */
  send(calls: string): Promise<readonly unknown[]>;
}
