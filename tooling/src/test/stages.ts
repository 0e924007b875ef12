import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guards } from '../check-guards.ts';
import { runCheck } from '../check.ts';
import { createSupervisor, type ProcessSpec, type Supervisor } from '../processes.ts';
import { python, root } from '../root.ts';
import { junitCounts, vitestCounts, type Counts } from './counts.ts';

export interface StageResult {
  readonly ok: boolean;
  /** Absent where no tests are counted. */
  readonly counts?: Counts;
  /** All that the tools said. */
  readonly output: string;
}

export interface Stage {
  readonly name: string;
  run(signal: AbortSignal): Promise<StageResult>;
}

const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const longestMs = 15 * 60_000;

/** The guards but for the fast tests, which are among all the tests below. */
const checks: Stage = {
  name: 'checks',
  run: async () => {
    const lines: string[] = [];
    const { ok } = await runCheck(
      guards.map(({ name }) => name).filter((name) => name !== 'tests'),
      (line) => lines.push(line),
    );
    return { ok, output: lines.join('\n') };
  },
};

type Command = Pick<ProcessSpec, 'command' | 'args' | 'cwd' | 'env'>;
type ReadCounts = (report: string) => Promise<Counts>;

const stage = (name: string, commandOf: (report: string) => Command, read: ReadCounts): Stage => ({
  name,
  run: async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'twohop-test-'));
    const report = join(folder, 'report');
    const lines: string[] = [];
    const supervisor = createSupervisor({ scratch: folder, onLine: (_name, line) => lines.push(line) });
    const stop = () => void supervisor.stop();
    signal.addEventListener('abort', stop);
    try {
      const fault = await faultOf(supervisor, plain({ name, ready: 'exit', readyWithinMs: longestMs, ...commandOf(report) }));
      const counts = await read(report).catch(() => ({ passed: 0, failed: 1, failures: [fault ?? `${name} wrote no report.`] }));
      return {
        ok: fault === undefined && counts.failed === 0 && counts.passed > 0,
        counts,
        output: lines.join('\n'),
      };
    } finally {
      signal.removeEventListener('abort', stop);
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
});

/** Without colours: tests start programs of their own and read what these print, which must not hang on the terminal. */
const plain = (spec: ProcessSpec): ProcessSpec => ({ ...spec, env: { NO_COLOR: '1', FORCE_COLOR: undefined, ...spec.env } });

/** Why it did not come to a good end, in a line. */
const faultOf = (supervisor: Supervisor, spec: ProcessSpec): Promise<string | undefined> =>
  supervisor.start(spec).then(
    () => undefined,
    (error: Error) => error.message.split('\n', 1)[0],
  );

const vitest =
  (...projects: string[]) =>
  (report: string): Command => ({
    command: bin('vitest'),
    args: [
      'run',
      ...projects.map((project) => `--project=${project}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
    cwd: root,
  });

type Chain = readonly Stage[];

const modelService = stage(
  'model service',
  (report) => ({ command: python(), args: ['-m', 'pytest', '-q', `--junitxml=${report}`], cwd: join(root, 'ml-service') }),
  junitCounts,
);

/**
 * One round after another; the chains of a round run side by side, for two cores. In each, what fails fastest comes first. What
 * is told by the clock has the machine to itself: beside what takes both cores a part of a page misses its deadline.
 */
export const rounds: readonly (readonly Chain[])[] = [
  [
    [checks, stage('unit tests', vitest('!e2e', '!guards', '!proofs'), vitestCounts)],
    [modelService, stage('guards', vitest('guards'), vitestCounts)],
  ],
  [[stage('proofs', vitest('proofs'), vitestCounts), stage('end to end', vitest('e2e'), vitestCounts)]],
];
