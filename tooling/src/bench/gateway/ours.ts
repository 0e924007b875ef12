import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TwohopConfig } from '@twohop/server/config';
import { unsignedToken } from '../../prove/token.ts';
import { root } from '../../root.ts';
import { type Contender, type Place, textOf } from './contender.ts';

const PROJECT = 'demo-twohop-bench';
const USERS = 1_000;
const HIGH = 1_000_000;

/** Every limit stands and is counted; none is reached. */
const config: TwohopConfig = {
  plans: { free: { requestsPerMinute: HIGH, concurrentRuns: 1_000, computeDaySeconds: HIGH, computeMonthSeconds: HIGH } },
  defaultPlan: 'free',
  anonymousPlan: 'free',
  ip: { requestsPerMinute: 10 * HIGH, computeDaySeconds: 10 * HIGH },
  anonymousPool: { computeDaySeconds: HIGH },
  cap: { dayUsd: HIGH, monthUsd: HIGH },
  price: { usdPerComputeSecond: 0.00004, asOf: '2026-08-01', source: 'the bench' },
  run: { deadlineSeconds: 20, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 30 },
  keepReceiptsDays: 400,
};

/** This product with all that it does for a call: identity, rates, the ledger on SQLite, validation on both sides, logs. */
export async function ours({ folder, upstreamUrl, port }: Place): Promise<Contender> {
  const configPath = join(folder, 'twohop.config.mjs');
  await writeFile(configPath, `export default ${JSON.stringify(config)};\n`);
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
