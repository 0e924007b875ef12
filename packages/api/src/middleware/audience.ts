import { Fault } from '../fault.ts';
import type { Asked } from '../ports.ts';
import type { Caller } from './reserve.ts';

/** How often it is looked whether somebody has come back. */
const LOOK_EVERY_MS = 250;
/** A page that is opened anew, a worker that was restarted: they are back within this. */
const REATTACH_MS = 10_000;
/** Another instance takes over, or this one is started anew. */
const COME_AGAIN_MS = 1_000;

export interface Audience {
  /** Aborts when nobody has listened for so long that nobody will, or, with a Fault as its reason, when this process ends. */
  readonly gone: AbortSignal;
  /** Resolves when somebody listens, or when nobody will. */
  present(): Promise<void>;
  /** The run has ended: nobody need be looked for. */
  close(): void;
}

/** Who listens to a stream: the client that began it, and once that has lost its connection, whoever attached to it. */
export function audienceOf({ deps, request }: Caller, asked: Asked): Audience {
  const gone = new AbortController();
  const closed = new AbortController();
  const look = () => deps.wait(LOOK_EVERY_MS, closed.signal);
  const seek = async () => {
    for (let missedMs = 0; missedMs < REATTACH_MS; missedMs += LOOK_EVERY_MS) {
      if (await deps.results.isWatched(asked)) missedMs = 0;
      await look();
    }
    gone.abort();
  };
  const end = () => gone.abort(new Fault('capacity.overloaded', { retryAfterMs: COME_AGAIN_MS }));
  if (deps.ending.aborted) end();
  else deps.ending.addEventListener('abort', end, { once: true });
  const begin = () => void seek().catch(() => undefined);
  if (request.signal.aborted) begin();
  else request.signal.addEventListener('abort', begin, { once: true });
  return {
    gone: gone.signal,
    present: async () => {
      while (request.signal.aborted && !gone.signal.aborted && !(await deps.results.isWatched(asked))) await look();
    },
    close: () => {
      closed.abort();
      deps.ending.removeEventListener('abort', end);
      request.signal.removeEventListener('abort', begin);
    },
  };
}
