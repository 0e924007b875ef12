import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhenResult } from 'cockatiel';
import { failureOf, type Answer } from './failure.ts';

/** This many failures in a row open the circuit; after the pause one probe decides. */
const FAILURES_TO_OPEN = 8;
const PAUSE_MS = 5_000;

/** Failures that say that the model is broken. */
const BREAKING = new Set(['upstream.timeout', 'upstream.bad_response', 'internal.bug']);
/** They say nothing about the model: they neither open the circuit nor wipe out the failures before them. */
const TELLING_NOTHING = new Set(['upstream.cold', 'capacity.overloaded', 'request.cancelled', 'auth.missing', 'auth.invalid']);

/** Carries an answer past the breaker uncounted: it counts results and the errors that it is told to. */
class Uncounted extends Error {
  readonly answer: Answer<unknown>;

  constructor(answer: Answer<unknown>) {
    super();
    this.answer = answer;
  }
}

/**
 * While the circuit is open no call reaches the model, and nothing is dispatched. After the pause the first call is the probe:
 * the others are refused until it is back, since whoever waited for it would wait for its whole deadline.
 */
export function breaker() {
  const isProbing = () => policy.state === CircuitState.HalfOpen;
  const policy = circuitBreaker(
    // A probe that was cancelled has shown nothing, so the circuit stays open for another pause.
    handleWhenResult((answer) => has(BREAKING, answer) || (isProbing() && has(TELLING_NOTHING, answer))),
    { halfOpenAfter: PAUSE_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
  const open = failureOf('upstream.circuit_open', { dispatched: false, retryAfterMs: PAUSE_MS });
  return async function guard<T>(call: () => Promise<Answer<T>>): Promise<Answer<T>> {
    if (isProbing()) return { ok: false, failure: open };
    try {
      return await policy.execute(async () => {
        const answer = await call();
        if (!isProbing() && has(TELLING_NOTHING, answer)) throw new Uncounted(answer);
        return answer;
      });
    } catch (error) {
      if (error instanceof Uncounted) return error.answer as Answer<T>;
      if (!(error instanceof BrokenCircuitError)) throw error;
      return { ok: false, failure: open };
    }
  };
}

const has = (codes: ReadonlySet<string>, answer: unknown): boolean => {
  const { ok, ...rest } = answer as Answer<unknown>;
  return !ok && 'failure' in rest && codes.has(rest.failure.code);
};
