import { join } from 'node:path';
import { execa } from 'execa';
import { python, root } from '../root.ts';
import { type Report, ratioOf } from './figures.ts';
import type { ModelBench } from './ml.ts';

interface Held {
  readonly mb: number;
  readonly files: number;
  readonly threads: number;
}

/** What `python -m bench.soak` prints. `held` after each tenth of the requests. */
export interface Soaked {
  readonly requests: number;
  readonly inFlight: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly wrong: Readonly<Record<string, number>>;
  readonly held: readonly Held[];
  readonly queued: number;
}

const FULL = 200_000;
const QUICK = 2_000;

/** An hour's worth of requests to the model service, good, bad and abandoned. What sends them stands in `ml-service/bench/soak.py`. */
export async function benchModelSoak({ quick }: ModelBench): Promise<Report> {
  const args = ['-m', 'bench.soak', '--requests', String(quick ? QUICK : FULL)];
  const { stdout } = await execa(python(), args, { cwd: join(root, 'ml-service'), stderr: 'inherit' });
  return judgeSoak(JSON.parse(stdout) as Soaked);
}

export function judgeSoak({ requests, inFlight: concurrency, perSecond, p50Ms, p99Ms, wrong, held, queued }: Soaked): Report {
  const none: Held = { mb: Number.NaN, files: Number.NaN, threads: Number.NaN };
  const first = held[0] ?? none;
  const last = held.at(-1) ?? none;
  return {
    results: [{ name: 'sentences, pages, refusals', concurrency, perSecond, p50Ms, p99Ms }],
    ratios: { 'memory in the end ÷ after a tenth': ratioOf(last.mb, first.mb) },
    bars: [
      { name: 'requests', atLeast: FULL, actual: requests },
      { name: 'replies other than expected', atMost: 0, actual: Object.values(wrong).reduce((sum, each) => sum + each, 0) },
      { name: 'memory in the end ÷ after a tenth', atMost: 1.1, actual: ratioOf(last.mb, first.mb) },
      { name: 'open files more than after a tenth', atMost: 2, actual: last.files - first.files },
      { name: 'threads more than after a tenth', atMost: 0, actual: last.threads - first.threads },
      { name: 'texts that still wait', atMost: 0, actual: queued },
    ],
    notes: [
      'One request in 22 is refused (blank, too late, a wrong key), one in 500 is left by its client. Memory in MB, open files and threads after each tenth:',
      held.map(({ mb, files, threads }) => `${mb} · ${files} · ${threads}`).join(', '),
    ],
  };
}
