import { join } from 'node:path';
import { authEmulator } from './emulators.ts';
import { firestoreEmulator } from './firestore-emulator.ts';
import type { WantedPort } from './ports.ts';
import type { Env, ProcessSpec } from './processes.ts';
import { Refusal } from './refusal.ts';
import { python, root } from './root.ts';

export const parts = ['auth', 'ml', 'server', 'firestore'] as const;
export type Part = (typeof parts)[number];

export interface Ports {
  readonly auth: number;
  readonly ml: number;
  readonly server: number;
  readonly metrics: number;
  readonly firestore: number;
}

/** What `npm start` and `npm run dev` listen on, unless the environment says otherwise. */
export const standardPorts: Ports = { auth: 9099, ml: 8000, server: 8787, metrics: 9464, firestore: 8080 };

/** The setting that moves each port: what `PortTaken` names. */
export const portSettings: Readonly<Record<keyof Ports, string>> = {
  auth: 'AUTH_EMULATOR_PORT',
  ml: 'ML_PORT',
  server: 'PORT',
  metrics: 'METRICS_PORT',
  firestore: 'FIRESTORE_EMULATOR_PORT',
};

/** The standard ports, each moved by its setting if that is set. */
export const standardPortsFrom = (env: Env): Ports => {
  const of = (name: keyof Ports): number => {
    const value = env[portSettings[name]];
    if (!value) return standardPorts[name];
    const port = Number(value);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new Refusal(`${portSettings[name]}=${value} is not a port: use 1 to 65535.`);
    return port;
  };
  return { auth: of('auth'), ml: of('ml'), server: of('server'), metrics: of('metrics'), firestore: of('firestore') };
};

const portNames: Readonly<Record<keyof Ports, string>> = {
  auth: 'Auth emulator',
  ml: 'ml-service',
  server: 'server',
  metrics: "server's metrics",
  firestore: 'Firestore emulator',
};

/** The ports on which these parts listen. */
export const wantedPorts = (ports: Ports, wanted: readonly Part[]): WantedPort[] => {
  const names = wanted.flatMap((part): (keyof Ports)[] => (part === 'server' ? ['server', 'metrics'] : [part]));
  return names.map((name) => ({ name: portNames[name], port: ports[name], setting: portSettings[name] }));
};

/** All that the parts of one stack agree on. */
export interface Plan {
  readonly ports: Ports;
  readonly projectId: string;
  readonly mlKey: string;
  /** Of this stack alone: ledger, emulator files. */
  readonly directory: string;
  /** On top of what the plan sets, for ml-service and server. */
  readonly env: Env;
}

const host = '127.0.0.1';
export const urlOf = (port: number): string => `http://${host}:${port}`;

/** What a part is started with. `undefined` for a Firestore emulator on a machine that has none. */
export const specOf = async (part: Part, plan: Plan): Promise<ProcessSpec | undefined> => {
  const { ports, projectId, directory } = plan;
  switch (part) {
    case 'auth':
      return authEmulator({ port: ports.auth, projectId, directory });
    case 'firestore':
      return firestoreEmulator({ port: ports.firestore, projectId, directory });
    case 'ml':
      return mlService(ports.ml, plan.mlKey, plan.env);
    case 'server':
      return server(plan);
  }
};

/** The real model service. */
export const mlService = (port: number, key: string, env: Env = {}): ProcessSpec => ({
  name: 'ml-service',
  command: python(),
  args: ['-m', 'ml_service'],
  cwd: join(root, 'ml-service'),
  env: { TWOHOP_ENV: 'development', ML_HOST: host, ML_PORT: String(port), ML_KEY: key, ...env },
  ready: { url: `${urlOf(port)}/readyz` },
});

const server = ({ ports, projectId, mlKey, directory, env }: Plan): ProcessSpec => ({
  name: 'server',
  command: process.execPath,
  args: [join(root, 'apps', 'server', 'src', 'main.ts')],
  cwd: root,
  env: {
    TWOHOP_ENV: 'development',
    HOST: host,
    PORT: String(ports.server),
    METRICS_PORT: String(ports.metrics),
    FIREBASE_PROJECT_ID: projectId,
    FIREBASE_AUTH_EMULATOR_HOST: `${host}:${ports.auth}`,
    METADATA_SERVER_DETECTION: 'none',
    ML_URL: urlOf(ports.ml),
    ML_KEY: mlKey,
    LEDGER_URL: `sqlite:${join(directory, 'ledger.db')}`,
    ...env,
  },
  ready: { url: `${urlOf(ports.server)}/readyz` },
});
