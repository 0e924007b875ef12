import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Log } from '@twohop/api';
import { pruneOld } from '@twohop/quota';
import { buildApp } from './app.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import type { ConsoleSite } from './console-route.ts';
import { lifeCycle } from './life-cycle.ts';
import { createLogger } from './logger.ts';
import { metrics } from './metrics.ts';
import { sweepLeases } from './sweep.ts';
import { wire } from './wire.ts';

/** Beside the bundle; in the repository where its own build puts it. */
const builtConsoles = [join(import.meta.dirname, 'console'), join(import.meta.dirname, '../../console/dist')];

function consoleSite({ console: signIn }: Config, log: Log): ConsoleSite | null {
  if (!signIn) return null;
  const folder = builtConsoles.find((each) => existsSync(join(each, 'index.html')));
  if (folder !== undefined) return { folder, signIn };
  log.warn({}, 'the console is not built: pnpm --filter @twohop/console run build');
  return null;
}

async function main(): Promise<void> {
  const config = await loadConfig();
  const logger = createLogger(config.logLevel);
  // Node itself would print the error with all that it holds.
  process.once('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'crash');
    process.exit(1);
  });
  const measured = metrics();
  const { deps, store, clock, ipRates, refused, close: letGo } = await wire(config, measured, logger);
  const life = lifeCycle(config);
  const app = await buildApp({
    deps: { ...deps, ending: life.ending },
    logger,
    allowedOrigins: config.allowedOrigins,
    trustProxy: config.trustProxy,
    ipRates,
    ipRequestsPerMinute: config.ipRequestsPerMinute,
    refused,
    console: consoleSite(config, logger),
    ready: () =>
      store.isKilled().then(
        () => true,
        () => false,
      ),
    draining: life.draining,
  });
  const metricsServer = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    void measured.registry.metrics().then((text) => response.setHeader('content-type', measured.registry.contentType).end(text));
  });
  const stopSweeping = sweepLeases(store, { clock, log: logger });
  const stopPruning = pruneOld(store, { clock, keepMs: config.keepReceiptsMs });
  await new Promise<void>((resolve, reject) => {
    metricsServer.once('error', reject).listen(config.metrics.port, config.metrics.host, resolve);
  });
  await app.listen({ host: config.host, port: config.port });
  logger.info({ environment: config.environment, url: `http://${config.host}:${config.port}` }, 'ready');
  life.endBySignal(async () => {
    await app.close();
    stopSweeping();
    stopPruning();
    metricsServer.close();
    await letGo();
  });
}

main().catch((error: unknown) => {
  const reason =
    error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`twohop server: ${reason}\n`);
  process.exit(1);
});
