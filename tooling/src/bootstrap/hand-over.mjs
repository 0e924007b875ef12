import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SetupFailure } from './failure.mjs';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs the program in place of this one, as far as another process can see: same terminal, signals passed on, same end.
 * @param {{ file: string, args: readonly string[], ours: boolean }} program `ours`: it notices by the closed channel when this
 *   process is killed
 * @param {Record<string, string>} env on top of this process's
 */
export const handOver = (program, env) =>
  new Promise((resolve, reject) => {
    const stdio = program.ours ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit';
    const child = spawn(program.file, program.args, { stdio, env: { ...process.env, ...env } });
    const handlers = forwarded.map((signal) => {
      // The terminal sends Ctrl-C to the child as well; a second one does no harm to ours, but may to a strange program.
      const handler = () => (signal === 'SIGINT' && process.stdin.isTTY && !program.ours ? undefined : child.kill(signal));
      process.on(signal, handler);
      return [signal, handler];
    });
    child.once('error', () => {
      reject(new SetupFailure(`There is no program "${program.file}" on the PATH or among the house's tools.`));
    });
    child.once('exit', (code, signal) => {
      for (const [name, handler] of handlers) process.off(name, handler);
      process.exitCode = signal ? 128 + constants.signals[signal] : (code ?? 1);
      if (child.connected) child.disconnect();
      resolve();
    });
  });
