import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parts, standardPortsFrom, urlOf, wantedPorts, type Part, type Ports } from '../parts.ts';
import type { WantedPort } from '../ports.ts';
import type { Env } from '../processes.ts';
import { root } from '../root.ts';

/** `.env` at the root, for settings of one's own; the environment wins over it. */
export const loadDotEnv = (): void => {
  const file = join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
};

export interface DevPlan {
  readonly ports: Ports;
  readonly wanted: readonly WantedPort[];
  readonly urls: Readonly<Record<Part, string>>;
  /** What all parts agree on; each of them listens on loopback. */
  readonly env: Env;
}

export const devPlan = (env: Env): DevPlan => {
  const ports = standardPortsFrom(env);
  const host = '127.0.0.1';
  return {
    ports,
    wanted: wantedPorts(ports, parts),
    urls: { auth: urlOf(ports.auth), ml: urlOf(ports.ml), server: urlOf(ports.server), firestore: urlOf(ports.firestore) },
    env: {
      TWOHOP_ENV: 'development',
      TWOHOP_CONFIG: env['TWOHOP_CONFIG'] ?? join(root, 'twohop.config.ts'),
      HOST: host,
      PORT: String(ports.server),
      METRICS_PORT: String(ports.metrics),
      FIREBASE_PROJECT_ID: env['FIREBASE_PROJECT_ID'] ?? 'demo-twohop',
      FIREBASE_AUTH_EMULATOR_HOST: `${host}:${ports.auth}`,
      FIRESTORE_EMULATOR_HOST: `${host}:${ports.firestore}`,
      AUTH_EMULATOR_PORT: String(ports.auth),
      FIRESTORE_EMULATOR_PORT: String(ports.firestore),
      METADATA_SERVER_DETECTION: 'none',
      ML_HOST: host,
      ML_PORT: String(ports.ml),
      ML_URL: urlOf(ports.ml),
      ML_KEY: env['ML_KEY'] ?? randomBytes(24).toString('base64url'),
      LEDGER_URL: env['LEDGER_URL'] ?? `sqlite:${join(root, '.data', 'ledger.db')}`,
    },
  };
};
