import { createServer } from 'node:http';
import { pruneOld } from '@twohop/quota';
import { buildApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';
import { lifeCycle } from './life-cycle.ts';
import { createLogger } from './logger.ts';
import { metrics } from './metrics.ts';
import { sweepLeases } from './sweep.ts';
import { wire } from './wire.ts';

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
