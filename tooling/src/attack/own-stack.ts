import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { googleKeys } from '../google-keys.ts';
import { mlService, urlOf } from '../parts.ts';
import { freePort } from '../ports.ts';
import type { Env, ProcessSpec, Supervisor } from '../processes.ts';
import type { Execution } from '../prove/behaviour.ts';
import { root } from '../root.ts';
import type { Claims, OwnTarget } from './case.ts';
import { ownConfig, RUN_US } from './own-config.ts';
import { PROJECT, productionServer, SECRET, soundClaims } from './production-server.ts';

export interface OwnStack {
  readonly target: Omit<OwnTarget, 'address'>;
  stop(): Promise<void>;
}

/**
 * Servers as in production, with a stand-in for Google's keys: one behind a proxy; one without, which also wants proof that a
 * call comes from the app. Behind them a model that does as it is told and says what it did, and beside them the real model
 * service, whose port is attacked.
 */
export async function openOwnStack(supervisor: Supervisor, folder: string): Promise<OwnStack> {
  const google = await googleKeys();
  const configPath = join(folder, 'attack.config.mjs');
  const logPath = join(folder, 'executions');
  await writeFile(configPath, `export default ${JSON.stringify(ownConfig)};\n`);
  await writeFile(logPath, '');
  const [fixture, model, proxied, direct] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const shared: Env = { ...google.env, TWOHOP_CONFIG: configPath, ML_URL: urlOf(fixture) };
  const ledger = (name: string): string => `sqlite:${join(folder, name)}.db`;
  await Promise.all([
    supervisor.start(fixtureSpec(fixture, logPath)),
    supervisor.start(modelSpec(model)),
    supervisor.start(await productionServer(proxied, { ...shared, LEDGER_URL: ledger('proxied'), TRUST_PROXY: '127.0.0.1' })),
    supervisor.start(await productionServer(direct, { ...shared, LEDGER_URL: ledger('direct'), APP_CHECK: 'once' })),
  ]);
  return {
    target: {
      url: new URL(urlOf(proxied)),
      directUrl: new URL(urlOf(direct)),
      modelUrl: new URL(urlOf(model)),
      modelKey: SECRET,
      projectId: PROJECT,
      publicKey: google.publicKey,
      behind: (address) => [`x-forwarded-for: ${address}`],
      userToken: () => google.token({ ...soundClaims(), sub: crypto.randomUUID() }),
      token: (claims, { header, signedBy } = {}) => google.token({ ...soundClaims(), ...claims }, signedBy, header),
      proof: (claims = {}, { signedBy } = {}) => google.token({ ...soundProof(), ...claims }, signedBy),
      executed: async (tag) => (await executionsIn(logPath)).filter((each) => each.event === 'start' && each.tag === tag).length,
    },
    stop: () => google.close(),
  };
}

function soundProof(): Claims {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const issuer = 'https://firebaseappcheck.googleapis.com/1234';
  const ofApp = { iss: issuer, aud: [`projects/${PROJECT}`], sub: '1:1234:web:ab', jti: crypto.randomUUID() };
  return { ...ofApp, iat: nowSeconds - 5, exp: nowSeconds + 300 };
}

async function executionsIn(logPath: string): Promise<Execution[]> {
  const lines = (await readFile(logPath, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Execution);
}

const ours = (script: string, ...args: readonly string[]) => ({
  command: process.execPath,
  args: [join(root, script), ...args],
  cwd: root,
});

const fixtureSpec = (port: number, logPath: string): ProcessSpec => ({
  name: 'fixture model',
  ...ours('tooling/src/prove/fixture-model.ts', '--port', String(port), '--log', logPath, '--cost-us', String(RUN_US)),
  ready: { url: `${urlOf(port)}/readyz` },
});

const modelSpec = (port: number): ProcessSpec => ({
  ...mlService(port, SECRET, { TWOHOP_ENV: 'production' }),
  // It refuses whoever has no key before its model is loaded.
  ready: { url: `${urlOf(port)}/healthz` },
});
