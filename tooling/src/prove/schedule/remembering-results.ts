import type { Asked, Deps, RunOutput } from '@twohop/api';
import type { Call } from './history.ts';

type Results = Deps['results'];

interface Kept {
  readonly asked: Asked;
  readonly output: Promise<RunOutput>;
  pending: boolean;
}

/** Results of one server, of which nothing is dropped while it lives. A call that attaches to a run in flight is marked so. */
export function rememberingResults(): { attachedBy(call: Call): Results } {
  const kept = new Set<Kept>();
  const keep: Results['keep'] = (asked, output) => {
    const entry: Kept = { asked, output, pending: true };
    kept.add(entry);
    output.then(
      () => {
        entry.pending = false;
      },
      () => void kept.delete(entry),
    );
  };
  const attach = (call: Call, { output }: Kept): void => {
    call.at = 'waiting';
    const resume = () => {
      if (call.at === 'waiting') call.at = 'free';
    };
    output.then(resume, resume);
  };
  return {
    attachedBy: (call) => ({
      keep,
      find: async ({ owner, key, input }) => {
        const own = [...kept].filter(({ asked }) => asked.owner === owner);
        const tried = own.find(({ asked }) => asked.key === key);
        const entry = tried ?? own.find(({ asked }) => asked.input === input);
        if (entry?.pending) attach(call, entry);
        return entry && { by: tried ? 'key' : 'input', input: entry.asked.input, output: entry.output };
      },
      // No stream is part of the schedules.
      append: () => undefined,
      eventsOf: async () => undefined,
      isWatched: async () => false,
      forget: async (owner) => {
        for (const entry of kept) if (entry.asked.owner === owner) kept.delete(entry);
      },
    }),
  };
}
