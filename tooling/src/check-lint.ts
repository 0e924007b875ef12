import { execa } from 'execa';
import type { GuardResult } from './check-guards.ts';
import { toolEnv } from './tool-env.ts';

interface Diagnostic {
  readonly message: string;
  readonly code?: string;
  readonly help?: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number; readonly column: number } }[];
}

interface LintReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly number_of_files: number;
}

/** One line a problem, with its remedy: oxlint's short formats leave the remedy out, its long one fills the screen. */
const lineOf = ({ filename, labels: [label], message, code, help }: Diagnostic): string => {
  const place = label ? `${filename}:${label.span.line}:${label.span.column}` : filename;
  return [`${place} ${message}`, help, code && `(${code})`].filter(Boolean).join(' ').replaceAll(/\s+/g, ' ');
};

export async function checkLint(folder: string): Promise<GuardResult> {
  const { stdout, stderr, failed } = await execa('oxlint', ['--format=json'], {
    cwd: folder,
    env: toolEnv(folder),
    reject: false,
  });
  if (!stdout.trimStart().startsWith('{')) return { ok: false, seen: '', output: `${stdout}\n${stderr}` };
  const report = JSON.parse(stdout) as LintReport;
  const lines = report.diagnostics.map(lineOf);
  const output = failed && lines.length === 0 ? stderr : lines.join('\n');
  return { ok: !failed && lines.length === 0 && report.number_of_files > 0, seen: `${report.number_of_files} files`, output };
}
