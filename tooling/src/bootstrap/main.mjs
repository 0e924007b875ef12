import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainFolder, SetupFailure } from './failure.mjs';
import { handOver } from './hand-over.mjs';
import { createProgress } from './progress.mjs';
import { setUp } from './set-up.mjs';
import { stepsOf, toolPath } from './steps.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[\\/]$/, '');

/** @param {readonly string[]} argv `<command> [arguments]` */
export const main = async (argv) => {
  const [command = 'setup', ...args] = argv;
  const headline = 'Setting up, once (nothing outside this folder but the package caches is touched)';
  const progress = createProgress(process.stderr, { headline });
  try {
    if (process.platform === 'win32')
      throw new SetupFailure('Twohop runs on Linux and macOS: on Windows use WSL (https://aka.ms/wsl).');
    const program = programOf(command, args);
    const folder = join(repository, '.toolchain');
    const setUpMs = await setUp({ folder, chains: stepsOf(repository, folder, command === 'run'), progress });
    if (command === 'setup') return report(args, setUpMs, progress);
    const env = { ...toolPath(folder), TWOHOP_SETUP_MS: String(setUpMs) };
    await handOver(program, env);
  } catch (thrown) {
    const error = asFailure(thrown);
    if (error.output) progress.note(error.output.trimEnd().replaceAll(/^/gm, '  │ '));
    progress.note(`✗ ${error.message}`);
    if (args.includes('--json')) console.log(JSON.stringify({ ok: false, error: error.message }));
    process.exitCode = 1;
  }
};

const asFailure = (thrown) => {
  if (thrown instanceof SetupFailure) return thrown;
  if (['ENOSPC', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EDQUOT'].includes(thrown.code))
    return explainFolder(thrown, join(repository, '.toolchain'));
  throw thrown;
};

/** `contract:prove` is tooling/src/contract-prove.ts; `run <program>` is any program, with the house's tools first
 * and nothing else set up: so that `run pnpm install` can mend what the set-up stumbles over. */
const programOf = (command, args) => {
  if (command === 'setup') return undefined;
  if (command === 'run') {
    if (args.length === 0)
      throw new SetupFailure('`run` needs a program: for instance `node tooling/bootstrap.mjs run pnpm install`.');
    return { file: args[0], args: args.slice(1), ours: false };
  }
  const script = join(repository, 'tooling', 'src', `${command.replaceAll(':', '-')}.ts`);
  if (!/^[a-z][a-z0-9:-]*$/.test(command) || !existsSync(script))
    throw new SetupFailure(`There is no command "${command}": package.json lists them under "scripts".`);
  return { file: join(repository, '.toolchain', 'bin', 'node'), args: [script, ...args], ours: true };
};

const report = (args, setUpMs, progress) => {
  progress.note(`Everything is in place (${(setUpMs / 1000).toFixed(1)} s).`);
  if (args.includes('--json')) console.log(JSON.stringify({ ok: true, setUpMs }));
};
