import pc from 'picocolors';

/**
 * Runs a command to its exit code. What goes wrong is one sentence on standard error, and 1. What is waited for at the end
 * (the reaper of processes) doesn't keep a process alive by itself, so this does.
 */
export async function runCommand(main: () => Promise<number>): Promise<void> {
  const alive = setInterval(() => undefined, 1_000);
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${pc.red('✗')} ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
  clearInterval(alive);
}
