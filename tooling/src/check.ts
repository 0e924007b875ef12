/**
 * `npm run check`: every guard of the house in under a minute. `--json` prints one object; `--only lint,types` runs some.
 */
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { guards } from './check-guards.ts';
import { inTurn } from './in-turn.ts';
import { root } from './root.ts';

/** Two guards at a time: on two cores a third only makes each of them slower. */
const lanes = 2;

/** Of a failed guard; `--json` has all of it. */
const shownLines = 60;

const excerpt = (output: string): string => {
  const lines = output.trimEnd().split('\n');
  const more = lines.length > shownLines ? [`… ${lines.length - shownLines} more lines`] : [];
  return [...lines.slice(0, shownLines), ...more].map((line) => `    ${line}`).join('\n');
};

export interface CheckReport {
  readonly ok: boolean;
  readonly guards: readonly { name: string; ok: boolean; ms: number; seen: string; output?: string }[];
}

/** Runs the guards named (all when empty) over this checkout, and tells of each as it ends. */
export async function runCheck(
  only: readonly string[] = [],
  tell: (line: string) => void = () => undefined,
): Promise<CheckReport> {
  const unknown = only.filter((name) => !guards.some((guard) => guard.name === name));
  if (unknown.length > 0)
    throw new Error(`no guard is called ${unknown.join(', ')}; there are ${guards.map(({ name }) => name).join(', ')}`);
  const chosen = guards.filter(({ name }) => only.length === 0 || only.includes(name));
  const results = await inTurn(
    // The longest first: what starts last ends last.
    chosen.toReversed().map(({ name, run }) => async () => {
      const startMs = performance.now();
      const { ok, seen, output } = await run(root.replace(/\/$/, ''));
      const ms = Math.round(performance.now() - startMs);
      const line = `${ok ? pc.green('✓') : pc.red('✗')} ${name.padEnd(14)} ${(ms / 1000).toFixed(1).padStart(5)} s  ${pc.dim(seen)}`;
      tell(ok ? line : `${line}\n${excerpt(output)}`);
      return { name, ok, ms, seen, ...(!ok && { output }) };
    }),
    lanes,
  );
  return { ok: results.every(({ ok }) => ok), guards: results.toReversed() };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } } });
  const startMs = performance.now();
  const only = values.only === '' ? [] : values.only.split(',');
  const report = await runCheck(only, (line) => (values.json ? console.error(line) : console.log(line)));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const failed = report.guards.filter(({ ok }) => !ok).length;
  if (values.json) console.log(JSON.stringify(report));
  else
    console.log(
      failed === 0
        ? `all ${report.guards.length} guards in ${seconds} s`
        : `${failed} of ${report.guards.length} guards failed (${seconds} s)`,
    );
  process.exitCode = report.ok ? 0 : 1;
}
