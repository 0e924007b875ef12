import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@twohop/api';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import type { ConsoleSite } from './console-route.ts';
import { runProcess } from './process-main.ts';
import { nodeRuntime } from './runtimes/node.ts';

/** Beside the bundle; in the repository where its own build puts it. */
const builtConsoles = [join(import.meta.dirname, 'console'), join(import.meta.dirname, '../../console/dist')];

function consoleSite({ console: signIn }: Config, log: Log): ConsoleSite | null {
  if (!signIn) return null;
  const folder = builtConsoles.find((each) => existsSync(join(each, 'index.html')));
  if (folder !== undefined) return { folder, signIn };
  log.warn({}, 'the console is not built: pnpm --filter @twohop/console run build');
  return null;
}

/** The first hop on Node, behind Fastify. */
runProcess(nodeRuntime, async (firstHop, config, logger) => {
  const { host, port, trustProxy } = config;
  const app = await buildApp({ ...firstHop, logger, trustProxy, console: consoleSite(config, logger) });
  await app.listen({ host, port });
  return () => app.close();
});
