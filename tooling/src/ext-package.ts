import { join } from 'node:path';
import { execa } from 'execa';
import { runCommand } from './command.ts';
import { root } from './root.ts';

/** `npm run ext:package`: the extension for both stores, linted as they do. */
await runCommand(async () => {
  const cwd = join(root, 'apps', 'extension');
  const { exitCode = 1 } = await execa(process.execPath, ['package.ts'], { cwd, stdio: 'inherit', reject: false });
  return exitCode;
});
