import pc from 'picocolors';
import { createProgress } from './bootstrap/progress.mjs';
import { loadDotEnv } from './dev/environment.ts';
import { aborted, watchInterruption, type Interruption } from './lifecycle.ts';
import { standardPortsFrom, type Part } from './parts.ts';
import { Refusal } from './refusal.ts';
import { startStack, type Stack } from './stack.ts';
import { parseStart, readText, type StartOptions } from './start/arguments.ts';
import { firstRun } from './start/first-run.ts';
import { report } from './start/report.ts';

const partNames: Readonly<Record<Part, string>> = {
  auth: 'Auth emulator',
  ml: 'ml-service, the model loaded',
  server: 'server',
  firestore: 'Firestore emulator',
};

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** `npm start`: the whole stack, one real text through every hop, then serving until Ctrl-C. */
const main = async (interruption: Interruption): Promise<void> => {
  loadDotEnv();
  const options = parseStart(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  const { text, origin } = await readText(options);
  const stack = await startParts(interruption);
  try {
    const run = await firstRun(stack, text);
    if (options.json) console.log(JSON.stringify({ ok: true, ...run }));
    else console.log(`\n${report(run, origin, process.stdout.columns ?? 100)}`);
    if (!options.once) await serve(stack, interruption, options);
  } finally {
    await stack.stop();
  }
};

const startParts = async ({ signal }: Interruption): Promise<Stack> => {
  const progress = createProgress(process.stderr, { headline: 'Starting Twohop' });
  const parts = ['auth', 'ml', 'server'] as const;
  for (const part of parts) progress.begin(partNames[part]);
  try {
    return await startStack({
      parts,
      ports: standardPortsFrom(process.env),
      signal,
      onReady: (part) => progress.end(partNames[part], true),
    });
  } finally {
    for (const part of parts) progress.end(partNames[part], false);
  }
};

const serve = async (stack: Stack, interruption: Interruption, { json }: StartOptions): Promise<void> => {
  const out = json ? say : console.log;
  out(
    `\n${pc.green('●')} Serving at ${pc.bold(stack.urls.server)}  ${pc.dim(`tRPC ${stack.urls.trpc} · sign-in ${stack.urls.auth} · model ${stack.urls.ml}`)}`,
  );
  out('  Ctrl-C ends it.');
  const deaths = (['auth', 'ml', 'server'] as const).map(async (part) => {
    const { signal, code } = await stack.process(part).ended;
    if (!interruption.signal.aborted) throw new Refusal(`${partNames[part]} ended by itself (${signal ?? `code ${code}`}).`);
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
