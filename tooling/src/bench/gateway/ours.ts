import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unsignedToken } from '../../prove/token.ts';
import { root } from '../../root.ts';
import { unreachedLimits } from '../unreached-limits.ts';
import { type Contender, type Place, textOf } from './contender.ts';

const PROJECT = 'demo-twohop-bench';
const USERS = 1_000;

/** This product with all that it does for a call: identity, rates, the ledger on SQLite, validation on both sides, logs. */
export async function ours({ folder, upstreamUrl, port }: Place): Promise<Contender> {
  const configPath = join(folder, 'twohop.config.mjs');
  await writeFile(configPath, `export default ${JSON.stringify(unreachedLimits)};\n`);
  const tokens = Array.from({ length: USERS }, (_, index) => unsignedToken(PROJECT, `user-${index}`));
  return {
    name: 'twohop',
    version: 'this tree',
    does: '1,000 users with the unsigned tokens of the Auth emulator, known by the cache of verified tokens; rates; every budget held and settled on SQLite, each commit synced; validation on both hops; kept results; a line a call in the log',
    url: `http://127.0.0.1:${port}`,
    spec: {
      name: 'twohop',
      // A log goes to a file, as it does in production; read line by line it would be this process's work.
      command: 'sh',
      args: ['-c', 'exec "$0" "$1" >"$2"', process.execPath, join(root, 'apps/server/src/main.ts'), join(folder, 'twohop.log')],
      cwd: root,
      env: {
        TWOHOP_ENV: 'development',
        TWOHOP_CONFIG: configPath,
        HOST: '127.0.0.1',
        PORT: String(port),
        METRICS_PORT: '0',
        FIREBASE_PROJECT_ID: PROJECT,
        // Its users are made up: nobody could be asked about them.
        FIREBASE_USER_CHECKS: 'off',
        FIREBASE_AUTH_EMULATOR_HOST: new URL(upstreamUrl).host,
        METADATA_SERVER_DETECTION: 'none',
        ML_URL: upstreamUrl,
        ML_KEY: 'twohop-bench-key',
        LEDGER_URL: `sqlite:${join(folder, 'ledger.db')}`,
        RATE_URL: 'memory:',
        RESULTS_URL: 'memory:',
        LOG_LEVEL: 'info',
      },
      ready: { url: `http://127.0.0.1:${port}/readyz` },
    },
    call: (index) => ({
      path: '/trpc/highlights.run',
      headers: {
        authorization: `Bearer ${tokens[index % USERS]}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify({ text: textOf(index) }),
    }),
  };
}
