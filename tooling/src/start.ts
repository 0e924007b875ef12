import pc from 'picocolors';
import { createProgress } from './bootstrap/progress.mjs';
import { loadDotEnv } from './dev/environment.ts';
import { aborted, watchInterruption, type Interruption } from './lifecycle.ts';
import { standardPortsFrom, wantedPorts } from './parts.ts';
import { assertPortsFree } from './ports.ts';
import { describe, ProcessFailed } from './processes.ts';
import { startStack, type Stack } from './stack.ts';
import { parseStart, readText, type StartOptions } from './start/arguments.ts';
import { firstRun } from './start/first-run.ts';
import { report } from './start/report.ts';

const parts = ['auth', 'ml', 'server'] as const;
const partNames: Readonly<Record<(typeof parts)[number], string>> = {
  auth: 'Auth emulator',
  ml: 'ml-service, the model loaded',
  server: 'server',
};

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** `npm start`: the whole stack, one real text through every hop, then serving until Ctrl-C. */
const main = async (interruption: Interruption): Promise<void> => {
  loadDotEnv();
  const options = parseStart(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  const { text, origin } = await readText(options);
  const stack = await startParts(interruption);
  try {
    const run = await firstRun(stack, text, interruption.signal);
    if (options.json) console.log(JSON.stringify({ ok: true, ...run }));
    else console.log(`\n${report(run, origin, process.stdout.columns ?? 100)}`);
    if (!options.once) await serve(stack, interruption, options);
  } finally {
    await stack.stop();
  }
};

const startParts = async ({ signal }: Interruption): Promise<Stack> => {
  const ports = standardPortsFrom(process.env);
  // Here too, so that a port in use is said before anything is said to start.
  await assertPortsFree(wantedPorts(ports, parts));
  const progress = createProgress(process.stderr, { headline: 'Starting Twohop' });
  for (const part of parts) progress.begin(partNames[part]);
  try {
    return await startStack({
      parts,
      ports,
      signal,
      onReady: (part) => part !== 'firestore' && progress.end(partNames[part], true),
    });
  } finally {
    for (const part of parts) progress.end(partNames[part], false);
  }
};

const serve = async (stack: Stack, interruption: Interruption, { json }: StartOptions): Promise<void> => {
  const out = json ? say : console.log;
  out(`\n${pc.green('●')} Serving at ${pc.bold(stack.urls.server)}  ${pc.dim('Ctrl-C ends it')}`);
  out(pc.dim(`  tRPC ${stack.urls.trpc} · sign-in ${stack.urls.auth} · model ${stack.urls.ml}`));
  const deaths = parts.map(async (part) => {
    const ending = await stack.process(part).ended;
    if (!interruption.signal.aborted)
      throw new ProcessFailed(`${partNames[part]} ${describe(ending)}.`, stack.process(part).log().slice(-20));
  });
  await Promise.race([aborted(interruption.signal), ...deaths]);
};

const interruption = watchInterruption();
try {
  await main(interruption);
  process.exitCode = interruption.exitCode();
} catch (error) {
  if (interruption.signal.aborted) process.exitCode = interruption.exitCode();
  else {
    const message = error instanceof Error ? error.message : String(error);
    say(`${pc.red('✗')} ${message}`);
    if (process.argv.includes('--json')) console.log(JSON.stringify({ ok: false, error: message }));
    process.exitCode = 1;
  }
}
