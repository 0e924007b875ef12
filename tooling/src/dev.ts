import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { devPlan, loadDotEnv, type DevPlan } from './dev/environment.ts';
import { toDevLine } from './dev/lines.ts';
import { aborted, watchInterruption } from './lifecycle.ts';
import { assertPortsFree } from './ports.ts';
import { createSupervisor } from './processes.ts';
import { answers } from './readiness.ts';
import { root } from './root.ts';

const show = (line: string | undefined): void => void (line !== undefined && process.stdout.write(`${line}\n`));

/** Tells when everything that serves does, so that nobody has to read the log to know. */
const announce = async ({ urls }: DevPlan, signal: AbortSignal): Promise<void> => {
  const beganMs = performance.now();
  await Promise.all([
    answers(`${urls.server}/readyz`, signal),
    answers(`${urls.ml}/readyz`, signal),
    answers(`${urls.auth}/`, signal),
  ]);
  if (signal.aborted) return;
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
  show(
    `\n${pc.green('●')} ${pc.bold('Everything serves')} ${pc.dim(`after ${seconds} s`)}  server ${urls.server} · model ${urls.ml} · sign-in ${urls.auth}`,
  );
  show(`  Save a file: its part reloads, and a contract that no longer fits shows as a type error here. Ctrl-C ends all.\n`);
};

/** `npm run dev`: ports checked, one environment for all parts, then `turbo run dev`. */
const main = async (): Promise<number> => {
  parseArgs({ args: process.argv.slice(2), options: {}, strict: true });
  loadDotEnv();
  const plan = devPlan(process.env);
  await assertPortsFree(plan.wanted);
  const interruption = watchInterruption();
  const supervisor = createSupervisor({ onLine: (_name, line) => show(toDevLine(line)) });
  show(pc.bold('Starting Twohop for development'));
  const turbo = await supervisor.start({
    name: 'turbo',
    command: join(root, 'node_modules', '.bin', 'turbo'),
    args: ['run', 'dev'],
    cwd: root,
    env: {
      ...plan.env,
      TURBO_TELEMETRY_DISABLED: '1',
      // The bootstrap has installed what the lockfile says; pnpm would look again before each script.
      PNPM_CONFIG_VERIFY_DEPS_BEFORE_RUN: 'false',
      ...(pc.isColorSupported && { FORCE_COLOR: '1' }),
    },
    ready: 'started',
    graceMs: 15_000,
  });
  void announce(plan, interruption.signal);
  const end = await Promise.race([turbo.ended, aborted(interruption.signal)]);
  await supervisor.stop();
  return interruption.exitCode() || (end?.code ?? 1);
};

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${pc.red('✗')} ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
