import type { Deps } from './ports.ts';
import type { Step } from './traces.ts';

/** What the transport knows of a request before anybody has looked into its body. */
export interface RequestContext {
  /** Names this request in every log line of every hop. */
  readonly id: string;
  /** The request's own id for its first run, so that one id names both; a new one for each further run of a batch. */
  readonly newRunId: () => string;
  readonly token: string | null;
  readonly appCheckToken: string | null;
  readonly clientVersion: string | null;
  readonly traceparent: string | null;
  readonly idempotencyKey: string | null;
  /** Key of the address budgets: IPv4, or the /64 of IPv6. */
  readonly ipBucket: string;
  readonly signal: AbortSignal;
  /** Milliseconds by the name of the step, sent as `Server-Timing`. Steps that did not happen are absent. */
  readonly timings: Map<string, number>;
}

export interface Context {
  readonly deps: Deps;
  readonly request: RequestContext;
}

/** Runs a step, a span of its call's trace, and notes how long it took, also when it fails. */
export async function timed<T>({ deps, request }: Context, name: string, step: Step<T>): Promise<T> {
  const startMs = deps.nowMs();
  try {
    return await deps.traces.step(name, step);
  } finally {
    request.timings.set(name, deps.nowMs() - startMs);
  }
}
