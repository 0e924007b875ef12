import type { Deps } from '@twohop/api';
import type { Call } from './history.ts';

type Results = Deps['results'];

interface Kept {
  readonly key: string;
  readonly input: string;
  readonly result: Promise<unknown>;
  pending: boolean;
}

/** Results of one server, of which nothing is dropped while it lives. A call that attaches to a run in flight is marked so. */
export function rememberingResults(): { attachedBy(call: Call): Results } {
  const kept: Kept[] = [];
  const keep: Results['keep'] = ({ key, input }, result) => {
    const entry: Kept = { key, input, result, pending: true };
    kept.push(entry);
    const drop = () => void kept.splice(kept.indexOf(entry), 1);
    result.then(
      (value) => {
        entry.pending = false;
        if (!(value as { ok?: boolean }).ok) drop();
      },
      () => drop(),
    );
  };
  const attach = (call: Call, entry: Kept | undefined): Kept | undefined => {
    if (entry?.pending) {
      call.at = 'waiting';
      const resume = () => {
        if (call.at === 'waiting') call.at = 'free';
      };
      entry.result.then(resume, resume);
    }
    return entry;
  };
  return {
    attachedBy: (call) => ({
      keep,
      byKey: (key) =>
        attach(
          call,
          kept.find((entry) => entry.key === key),
        ),
      byInput: (input) =>
        attach(
          call,
          kept.find((entry) => entry.input === input),
        )?.result,
      modelIs: () => undefined,
      forget: (owner) => {
        for (const entry of kept.filter(({ key }) => key.startsWith(`${owner}|`))) kept.splice(kept.indexOf(entry), 1);
      },
    }),
  };
}
