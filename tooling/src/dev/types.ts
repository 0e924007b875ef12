import { join } from 'node:path';
import pc from 'picocolors';
import { aborted, watchInterruption } from '../lifecycle.ts';
import { createSupervisor } from '../processes.ts';
import { root } from '../root.ts';
import { joinTypeErrors } from './type-errors.ts';

/** Where a changed contract shows: the router that uses the model's types, the server, and the extension that uses ours. */
const watched = ['packages/api', 'apps/server', 'apps/extension'];

const interruption = watchInterruption();
const { hear } = joinTypeErrors(watched);
const supervisor = createSupervisor({
  onLine: (folder, line) => {
    for (const each of hear(folder, line)) console.log(each.startsWith('✓') ? pc.green(each) : pc.red(each));
  },
});
const watchers = watched.map((folder) =>
  supervisor.start({
    name: folder,
    command: join(root, 'node_modules', '.bin', 'tsc'),
    args: ['--watch', '--noEmit', '--preserveWatchOutput', '--pretty', 'false'],
    cwd: join(root, folder),
    ready: 'started',
  }),
);
await Promise.all(watchers);
await aborted(interruption.signal);
await supervisor.stop();
process.exit();
