import { join } from 'node:path';
import { soundClaims as soundClaimsOf } from '../google-keys.ts';
import { urlOf } from '../parts.ts';
import { freePort } from '../ports.ts';
import type { Env, ProcessSpec } from '../processes.ts';
import { root } from '../root.ts';
import type { Claims } from './case.ts';

export const PROJECT = 'twohop-attack';
export const SECRET = 'a-secret-of-at-least-thirty-two-characters';

/** Of a user that the server knows nothing bad of. */
export const soundClaims = (): Claims => soundClaimsOf(PROJECT);

/** The server of the workspace in `folder`, with the settings of production. */
export const productionServer = async (port: number, env: Env, folder = root): Promise<ProcessSpec> => ({
  name: `server on ${port}`,
  command: process.execPath,
  args: [join(folder, 'apps/server/src/main.ts')],
  cwd: folder,
  env: {
    TWOHOP_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: String(await freePort()),
    FIREBASE_PROJECT_ID: PROJECT,
    FIREBASE_AUTH_EMULATOR_HOST: undefined,
    METADATA_SERVER_DETECTION: 'none',
    ML_KEY: SECRET,
    HASH_KEY: SECRET,
    ADMIN_EMAILS: 'operator@example.com',
    ALLOWED_ORIGINS: 'chrome-extension://abcdefghijklmnopabcdefghijklmnop,https://app.example.com',
    RATE_URL: 'memory:',
    RESULTS_URL: 'memory:',
    LOG_LEVEL: 'warn',
    ...env,
  },
  ready: { url: `${urlOf(port)}/readyz` },
});
