import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import type { MlReply } from './client.ts';
import { failureOf } from './failure.ts';

/** This many failures in a row open the circuit; after the pause one probe decides. */
const FAILURES_TO_OPEN = 8;
const PAUSE_MS = 5_000;

/** Failures that say that the model is broken. A cold start, a full queue or a wrong input says nothing of the kind. */
const BREAKING = new Set(['upstream.timeout', 'upstream.bad_response', 'internal.bug']);

/** While the circuit is open no call reaches the model, and nothing is dispatched. */
export function breaker() {
  const policy = circuitBreaker(
    handleWhenResult((reply) => isBreaking(reply as MlReply<unknown>)),
    { halfOpenAfter: PAUSE_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
  return async function guard<T>(call: () => Promise<MlReply<T>>): Promise<MlReply<T>> {
    try {
      return await policy.execute(call);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      return { ok: false, failure: failureOf('upstream.circuit_open', { dispatched: false, retryAfterMs: PAUSE_MS }) };
    }
  };
}

const isBreaking = (reply: MlReply<unknown>): boolean => !reply.ok && BREAKING.has(reply.failure.code);
