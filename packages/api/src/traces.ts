import type { ErrorCode } from './errors.ts';

/** A procedure call, as far as a trace may know of it: names of ours, never an input, a token or a person. */
export interface TracedCall {
  readonly procedure: string;
  /** The request's id; the trace has it too, where the client named none. */
  readonly requestId: string;
  /** The client's W3C trace context as it was sent, which may be anything. */
  readonly traceparent: string | null;
}

export interface CallTrace {
  /** Steps that begin within it, also after it has ended, are steps of this call. */
  within<T>(work: () => Promise<T>): Promise<T>;
  end(code: ErrorCode | 'ok'): void;
}

/** One step of a call. `traceparent` names it to whoever it asks; undefined: nobody traces. */
export type Step<T> = (traceparent?: string) => Promise<T>;

/** How a call went, step by step, for whoever looks at one call. It never fails, and nobody waits for it. */
export interface Traces {
  begin(call: TracedCall): CallTrace;
  /** Runs a step of the call that it is within. Rejects as the step does. */
  step<T>(name: string, step: Step<T>): Promise<T>;
}

const untracedCall: CallTrace = { within: (work) => work(), end: () => undefined };
export const untraced: Traces = { begin: () => untracedCall, step: (_name, step) => step() };
