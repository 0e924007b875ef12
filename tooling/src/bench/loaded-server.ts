import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OidcIssuer, oidcIssuer } from '../oidc-issuer.ts';
import { freePort } from '../ports.ts';
import type { Running, Supervisor } from '../processes.ts';
import { root } from '../root.ts';
import { unreachedLimits } from './unreached-limits.ts';

export interface LoadOptions {
  readonly supervisor: Supervisor;
  readonly folder: string;
  readonly model: { readonly url: string; readonly key: string };
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

/** A server process as it runs in production, with a real ledger and users of a real issuer, and no limit in the way of a load. */
export interface LoadedServer {
  readonly url: string;
  readonly metricsUrl: string;
  readonly process: Running;
  readonly token: OidcIssuer['token'];
  stop(): Promise<void>;
}

export async function loadedServer({ supervisor, folder, model, nodeOptions = [] }: LoadOptions): Promise<LoadedServer> {
  const configPath = join(folder, 'twohop.config.mjs');
  await writeFile(configPath, `export default ${JSON.stringify(unreachedLimits)};\n`);
  const issuer = await oidcIssuer();
  const [port, metricsPort] = [await freePort(), await freePort()];
  const command = [process.execPath, ...nodeOptions, join(root, 'apps/server/src/main.ts')];
  const running = await supervisor.start({
    name: 'server',
    // A log goes to a file, as it does in production; read line by line it would be this process's work.
    command: 'sh',
    args: ['-c', 'log=$1; shift; exec "$@" >"$log"', 'sh', join(folder, 'server.log'), ...command],
    cwd: root,
    env: {
      ...issuer.env,
      TWOHOP_ENV: 'development',
      TWOHOP_CONFIG: configPath,
      HOST: '127.0.0.1',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      ML_URL: model.url,
      ML_KEY: model.key,
      LEDGER_URL: `sqlite:${join(folder, 'ledger.db')}`,
      RATE_URL: 'memory:',
      RESULTS_URL: 'memory:',
      // The load's users have an address each; it says which.
      TRUST_PROXY: '127.0.0.1',
      LOG_LEVEL: 'info',
    },
    ready: { url: `http://127.0.0.1:${port}/readyz` },
  });
  return {
    url: `http://127.0.0.1:${port}`,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    process: running,
    token: issuer.token,
    stop: async () => {
      await running.stop();
      issuer.close();
    },
  };
}
