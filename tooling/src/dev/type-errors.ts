import { posix } from 'node:path';

/** `src/a.ts(3,7): error TS2339: …` → with the path from the root, so that a click opens it. */
export const toErrorLine = (folder: string, line: string): string | undefined => {
  const found = /^(\S.*?)\((\d+),(\d+)\): (error TS\d+: .*)$/.exec(line);
  return found ? `${posix.normalize(`${folder}/${found[1]}`)}:${found[2]}:${found[3]} ${found[4]}` : undefined;
};

export interface TypeErrors {
  /** A line of one watcher's output. Returns what there is to say: each error once, however many packages meet it. */
  hear(folder: string, line: string): readonly string[];
}

/** Joins the watchers of several packages, which compile each other's sources and so repeat each other's
 * errors. That all is well is said when each has looked. */
export const joinTypeErrors = (folders: readonly string[]): TypeErrors => {
  const current = new Map<string, ReadonlySet<string>>();
  const growing = new Map<string, Set<string>>();
  let shown: ReadonlySet<string> = new Set();
  let said = '';
  return {
    hear: (folder, line) => {
      const error = toErrorLine(folder, line);
      const round = growing.get(folder) ?? new Set();
      growing.set(folder, error ? round.add(error) : round);
      if (!/Found \d+ errors?\./.test(line)) return [];
      current.set(folder, round);
      growing.delete(folder);
      const all = new Set([...current.values()].flatMap((each) => [...each]));
      const fresh = [...all].filter((each) => !shown.has(each));
      shown = all;
      const summary = all.size === 0 && current.size < folders.length ? said : summarize(current, all.size);
      const lines = [...fresh, ...(summary === said ? [] : [summary])];
      said = summary;
      return lines;
    },
  };
};

const summarize = (current: ReadonlyMap<string, ReadonlySet<string>>, count: number): string => {
  if (count === 0) return `✓ types fit in ${[...current.keys()].join(', ')}`;
  const broken = [...current].filter(([, errors]) => errors.size > 0).map(([folder]) => folder);
  return `✗ ${count} type ${count === 1 ? 'error' : 'errors'}, met by ${broken.join(', ')}`;
};
