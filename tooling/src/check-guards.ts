import { join } from 'node:path';
import { execa } from 'execa';
import { checkLint } from './check-lint.ts';
import { checkTypes } from './check-types.ts';
import { toolEnv } from './tool-env.ts';

export interface GuardResult {
  readonly ok: boolean;
  /** What was looked at ("312 files"). A guard that looked at nothing is not ok. */
  readonly seen: string;
  readonly output: string;
}

export interface Guard {
  readonly name: string;
  run(folder: string): Promise<GuardResult>;
}

interface Step {
  readonly command: readonly [string, ...string[]];
  /** Below the workspace; the root when absent. */
  readonly cwd?: string;
  readonly env?: (folder: string) => Record<string, string>;
}

/** Runs the steps one after another, all of them. The first group of `seen` finds how much was looked at. */
const guardOf = (name: string, steps: readonly Step[], seen?: RegExp): Guard => ({
  name,
  run: async (folder) => {
    const results: StepResult[] = [];
    for (const step of steps) results.push(await runStep(folder, step));
    const output = results.map((result) => result.output).join('\n');
    const ok = results.every((result) => result.ok);
    if (!ok || !seen) return { ok, seen: '', output };
    const counted = seen.exec(output);
    if (counted && Number(counted[1]) > 0) return { ok: true, seen: counted[0], output };
    return { ok: false, seen: 'nothing', output: `${output}\nThis guard found nothing to check.` };
  },
});

type StepResult = Pick<GuardResult, 'ok' | 'output'>;

async function runStep(folder: string, { command: [file, ...args], cwd, env }: Step): Promise<StepResult> {
  const result = await execa(file, args, {
    cwd: join(folder, cwd ?? '.'),
    env: { ...toolEnv(folder), ...env?.(folder) },
    all: true,
    reject: false,
    stdin: 'ignore',
  });
  return { ok: !result.failed, output: result.all === '' && result.failed ? (result.shortMessage ?? '') : result.all };
}

/** The environment that the bootstrap builds. A copy of the workspace has none and borrows the one of this checkout. */
const pythonTools = join(import.meta.dirname, '../../ml-service/.venv/bin');

/** Python finds the package of the folder that is checked, not the one that its environment was made for. */
const python = (tool: string, ...args: string[]): Step => ({
  command: [join(pythonTools, tool), ...args],
  cwd: 'ml-service',
  env: (folder) => ({ PYTHONPATH: join(folder, 'ml-service', 'src') }),
});

export const format = guardOf('format', [{ command: ['oxfmt', '--check', '.'] }], /(\d+) files/);
export const lint: Guard = { name: 'lint', run: checkLint };
export const types: Guard = { name: 'types', run: checkTypes };
export const boundaries = guardOf('boundaries', [{ command: ['turbo', 'boundaries'] }], /Checked (\d+) files in \d+ packages/);
/** knip prints no count: a pattern of its settings that matches nothing is an error instead. */
export const deadCode = guardOf('dead code', [{ command: ['knip', '--no-progress', '--treat-config-hints-as-errors'] }]);
export const contract = guardOf(
  'contract',
  [
    { command: ['node', 'packages/ml-client/generate.ts', '--check'] },
    { command: ['node', 'packages/api/generate.ts', '--check'] },
    { command: ['node', 'tooling/src/docs.ts', '--check'] },
    python('python', '-m', 'ml_service.export_openapi', '--check'),
  ],
  /(\d+) generated files/,
);
/** The example is no part of the package, and is read by its rules. */
const pythonFolders = ['.', '../examples/python'];

export const pythonLint = guardOf(
  'py lint',
  [
    python('ruff', 'format', '--check', '--config', 'pyproject.toml', ...pythonFolders),
    python('ruff', 'check', '--output-format=concise', '--config', 'pyproject.toml', ...pythonFolders),
  ],
  /(\d+) files? already formatted/,
);
export const pythonTypes = guardOf(
  'py types',
  [python('basedpyright', '--stats', '--pythonpath', join(pythonTools, 'python'))],
  /files checked: (\d+)/,
);
export const pythonImports = guardOf('py boundaries', [python('lint-imports', '--no-cache')], /Contracts: (\d+) kept/);
export const testsOf = (...projects: string[]) =>
  guardOf('tests', [{ command: ['vitest', 'run', '--reporter=dot', ...projects] }], /Tests +(\d+) passed/);
/** Fast: real processes, browsers and the canary are `npm test`'s. */
const tests = testsOf('--project=!e2e', '--project=!guards', '--project=!proofs', '--project=!firebase');

/** In the order of the report. */
export const guards: readonly Guard[] = [
  format,
  lint,
  types,
  boundaries,
  deadCode,
  contract,
  pythonLint,
  pythonTypes,
  pythonImports,
  tests,
];
