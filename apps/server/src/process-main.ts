import { collectDefaultMetrics } from 'prom-client';
import { ConfigError, type Config, loadConfig } from './config.ts';
import { type FirstHop, openFirstHop } from './first-hop.ts';
import { lifeCycle } from './life-cycle.ts';
import { createLogger } from './logger.ts';
import { serveMetrics } from './metrics-server.ts';
import { metrics } from './metrics.ts';
import type { Runtime } from './runtimes/runtime.ts';

type Logger = ReturnType<typeof createLogger>;

/** Begins to serve at `config.host` and `config.port`. Resolves to what takes no more connections and lets calls in flight end. */
export type Listen = (firstHop: FirstHop, config: Config, logger: Logger) => Promise<() => Promise<unknown>>;

/** The life of a first hop that is a process, from its settings to its exit code. */
export function runProcess(runtime: Runtime, listen: Listen): void {
  start(runtime, listen).catch((error: unknown) => {
    const reason =
      error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`twohop server: ${reason}\n`);
    process.exit(1);
  });
}

async function start(runtime: Runtime, listen: Listen): Promise<void> {
  const config = await loadConfig();
  const logger = createLogger(config.logLevel);
  // The runtime itself would print the error with all that it holds.
  process.once('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'crash');
    process.exit(1);
  });
  const measured = metrics();
  collectDefaultMetrics({ register: measured.registry });
  const life = lifeCycle(config);
  const { firstHop, close } = await openFirstHop(config, { ...life, runtime, metrics: measured, log: logger });
  const stopMetrics = await serveMetrics(measured.registry, config.metrics);
  const stopListening = await listen(firstHop, config, logger);
  logger.info({ environment: config.environment, url: `http://${config.host}:${config.port}` }, 'ready');
  life.endBySignal(async () => {
    await stopListening();
    stopMetrics();
    await close();
  });
}
