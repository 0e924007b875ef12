import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import pc from 'picocolors';
import { root } from './root.ts';
import { ensureChromium } from './test/chromium.ts';

interface Case {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  /** Path of the picture the test took, where it took one. */
  readonly screenshot: string | null;
}

interface Assertion {
  readonly fullName: string;
  readonly status: string;
  readonly duration?: number;
  readonly meta?: { readonly screenshot?: string };
}

const readCases = async (report: string): Promise<readonly Case[]> => {
  const { testResults } = JSON.parse(await readFile(report, 'utf8')) as { testResults: { assertionResults: Assertion[] }[] };
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .map(({ fullName, status, duration = 0, meta }) => ({
      name: fullName,
      ok: status === 'passed',
      ms: Math.round(duration),
      screenshot: meta?.screenshot ?? null,
    }));
};

/** `npm run e2e`: real processes and a real browser. `-- PATTERN` runs the files whose path holds it; `-- --json` for machines. */
const main = async (): Promise<boolean> => {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true });
  const folder = await mkdtemp(join(tmpdir(), 'twohop-e2e-'));
  try {
    const report = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { exitCode } = await execa(
      join(root, 'node_modules', '.bin', 'vitest'),
      ['run', '--project=e2e', ...reporters, ...positionals],
      {
        cwd: root,
        env: { CHROMIUM_PATH: await ensureChromium() },
        stdin: 'ignore',
        stdout: values.json ? process.stderr : 'inherit',
        stderr: 'inherit',
        reject: false,
      },
    );
    const cases = await readCases(report);
    const ok = exitCode === 0 && cases.length > 0 && cases.every((each) => each.ok);
    if (values.json) console.log(JSON.stringify({ ok, cases }));
    return ok;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${pc.red('✗')} ${message}\n`);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ ok: false, error: message }));
  process.exitCode = 1;
}
