import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { createProgress } from './bootstrap/progress.mjs';
import { ensureFirestore } from './firestore-emulator.ts';
import { watchInterruption } from './lifecycle.ts';
import { Refusal } from './refusal.ts';
import { ensureChromium } from './test/chromium.ts';
import { rounds, type Stage, type StageResult } from './test/stages.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

interface Row {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

/** A stage that counts no tests and fails counts as one failure: the closing line never says 0 beside an exit code of 1. */
const toRow = (name: string, { ok, counts }: StageResult, ms: number): Row => {
  const { passed, failed, failures } = counts ?? { passed: 0, failed: 0, failures: [] };
  return { name, ok, ms, passed, failed: ok ? failed : Math.max(1, failed), failures };
};

const progress = createProgress(process.stderr, { stillMs: 60_000 });

const runStage = async (stage: Stage, signal: AbortSignal): Promise<Row> => {
  const beganMs = performance.now();
  progress.begin(stage.name);
  const result = await stage.run(signal);
  progress.end(stage.name, false);
  const row = toRow(stage.name, result, Math.round(performance.now() - beganMs));
  if (!signal.aborted) progress.note(lineOf(row));
  if (!row.ok && !signal.aborted) progress.note(`${result.output.trimEnd().replaceAll(/^/gm, '  │ ')}\n`);
  return row;
};

const lineOf = ({ name, ok, ms, passed, failed }: Row): string => {
  const counted = passed + failed === 0 ? '' : `${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`;
  return `${ok ? pc.green('✓') : pc.red('✗')} ${name.padEnd(18)} ${seconds(ms).padStart(8)}  ${pc.dim(counted)}`;
};

/** `npm test`: sets up and passes every test; `-- --only STAGE,…` runs some stages, `-- --json` prints one object. */
const main = async (): Promise<number> => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
  const stages = rounds.flat(2).map(({ name }) => name);
  const wanted = values.only?.split(',') ?? stages;
  const unknown = wanted.find((name) => !stages.includes(name));
  if (unknown !== undefined) throw new Refusal(`No stage is called "${unknown}"; there are: ${stages.join(', ')}.`);
  const interruption = watchInterruption();
  const beganMs = performance.now();
  process.env['CHROMIUM_PATH'] = await ensureChromium();
  await ensureFirestore();
  const setUpMs = Number(process.env['TWOHOP_SETUP_MS'] ?? 0) + Math.round(performance.now() - beganMs);
  say(
    `${pc.green('✓')} ${'set-up'.padEnd(18)} ${seconds(setUpMs).padStart(8)}  ${pc.dim(setUpMs < 1_000 ? 'cached' : 'cached from now on')}`,
  );
  const startedMs = performance.now();
  const rows: Row[] = [];
  const runChain = async (chain: readonly Stage[]): Promise<void> => {
    for (const stage of chain.filter(({ name }) => wanted.includes(name))) {
      if (!interruption.signal.aborted) rows.push(await runStage(stage, interruption.signal));
    }
  };
  for (const chains of rounds) await Promise.all(chains.map(runChain));
  if (interruption.signal.aborted) return interruption.exitCode();
  const testsMs = performance.now() - startedMs;
  const sum = (name: 'passed' | 'failed') => rows.reduce((total, row) => total + row[name], 0);
  const ok = rows.every((row) => row.ok);
  say(`  ${'tests in all'.padEnd(18)} ${seconds(testsMs).padStart(8)}  ${pc.dim('without the set-up')}`);
  // What failed once more: what was said where it did is far up by now.
  for (const { name, failures } of rows.filter((row) => !row.ok)) {
    say(`${pc.red('✗')} ${name}`);
    for (const each of failures) say(`    ${each}`);
  }
  const closing = `${sum('passed')} passed, ${sum('failed')} failed`;
  console.log(
    values.json ? JSON.stringify({ ok, setUpMs, passed: sum('passed'), failed: sum('failed'), stages: rows }) : closing,
  );
  return ok ? 0 : 1;
};

try {
  process.exitCode = await main();
} catch (error) {
  say(`${pc.red('✗')} ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
