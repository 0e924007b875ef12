import { type Ending, replyOf } from './endings.ts';
import type { Attempt, Call } from './history.ts';
import type { Model } from './model-port.ts';
import type { Scene } from './scene.ts';

/** Takes a run, and gives it back when the schedule says how it ended. */
export function scriptedModel(scene: Scene, call: Call): Model {
  const highlights: Model['highlights'] = async (_body, { runId, signal }) => {
    const attempt = scene.attempts.find((each) => each.runId === runId);
    if (!attempt) throw new Error('the model was given a run that nobody admitted');
    if (standsAlready(scene, attempt)) scene.doubled.push(attempt.key);
    const sentAtMs = scene.time.nowMs();
    attempt.sentAtMs = sentAtMs;
    call.attempt = attempt;
    const ending = signal.aborted ? ({ kind: 'cancelled', reportUs: null } as const) : await endingOf(call);
    attempt.ended = { ending, wallUs: Math.ceil((scene.time.nowMs() - sentAtMs) * 1000) };
    return replyOf(ending);
  };
  const unused = () => Promise.reject(new Error('not part of the schedules'));
  return { highlights, search: unused, embeddings: unused };
}

const endingOf = (call: Call): Promise<Ending> =>
  new Promise((resolve) => {
    call.at = 'model';
    call.end = (ending) => {
      call.at = 'free';
      resolve(ending);
    };
  });

/** A key may be executed again only when its run before has failed, or its lease has ended. */
function standsAlready({ attempts, time }: Scene, { owner, key, runId }: Attempt): boolean {
  return attempts.some(
    (other) =>
      other.owner === owner &&
      other.key === key &&
      other.runId !== runId &&
      other.sentAtMs !== null &&
      !other.deleted &&
      other.leaseUntilMs > time.nowMs() &&
      (other.ended === null || other.ended.ending.kind === 'ok'),
  );
}
