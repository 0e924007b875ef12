import { createServer, type Server } from 'node:http';
import { pruneOld } from '@twohop/quota';
import type { FastifyInstance } from 'fastify';
import { buildApp } from './app.ts';
import { ConfigError, loadConfig } from './config.ts';
import { createLogger } from './logger.ts';
import { metrics } from './metrics.ts';
import { sweepLeases } from './sweep.ts';
import { wire } from './wire.ts';

/** Calls in flight get this long to end after a SIGTERM. */
const GRACE_MS = 25_000;

async function main(): Promise<void> {
  const config = await loadConfig();
  const logger = createLogger(config.logLevel);
  // Node itself would print the error with all that it holds.
  process.once('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'crash');
    process.exit(1);
  });
  const measured = metrics();
  const { deps, store, clock, ipRates, close: letGo } = await wire(config, measured, logger);
  const app = await buildApp({
    deps,
    logger,
    allowedOrigins: config.allowedOrigins,
    trustProxy: config.trustProxy,
    ipRates,
    ipRequestsPerMinute: config.ipRequestsPerMinute,
    refused: measured.refused,
    ready: () =>
      store.isKilled().then(
        () => true,
        () => false,
      ),
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
  onSignal(async () => {
    stopSweeping();
    stopPruning();
    await close(app, metricsServer);
    await letGo();
  });
}

async function close(app: FastifyInstance, metricsServer: Server): Promise<void> {
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  await app.close();
  metricsServer.close();
}

function onSignal(stop: () => Promise<void>): void {
  const stopOnce = () => void stop().then(() => process.exit(0));
  process.once('SIGTERM', stopOnce);
  process.once('SIGINT', stopOnce);
}

main().catch((error: unknown) => {
  const reason =
    error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`twohop server: ${reason}\n`);
  process.exit(1);
});
