import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { oidcIssuer } from '../oidc-issuer.ts';
import { mlService, urlOf } from '../parts.ts';
import { freePort } from '../ports.ts';
import { startPostgres } from '../postgres.ts';
import type { Env, Supervisor } from '../processes.ts';
import { startRedis } from '../redis.ts';
import { root } from '../root.ts';
import type { Host, HostName } from './case.ts';
import { ALLOWED_ORIGIN } from './cases/browsers.ts';
import type { Backing } from './conformance.ts';
import { denoHost, GRACE_MS, type HostOptions, nodeHost, type Started, workerdHost } from './hosts.ts';
import { plans } from './plans.ts';

/** All hosts, before one real model, one PostgreSQL and one Redis. */
export interface World {
  readonly hosts: readonly Host[];
  readonly behind: Backing;
  /** How many settings each host has that the others have not. */
  readonly ownSettings: Readonly<Partial<Record<HostName, number>>>;
  stop(): Promise<void>;
}

const hostsBy: Readonly<Record<HostName, (options: HostOptions) => Promise<Started>>> = {
  node: nodeHost,
  deno: denoHost,
  workerd: workerdHost,
};

export async function openWorld(supervisor: Supervisor, folder: string): Promise<World> {
  const mlKey = randomBytes(24).toString('base64url');
  const mlPort = await freePort();
  const [model, dist, stores] = [
    supervisor.start({ ...mlService(mlPort, mlKey), graceMs: GRACE_MS }),
    built(folder),
    openStores(),
  ];
  try {
    const { issuer, postgres, redis } = await stores;
    const settings = { ...issuer.env, ...common, ML_URL: urlOf(mlPort), ML_KEY: mlKey };
    const open = async (name: HostName, at: number): Promise<Started> => {
      const own = { LEDGER_URL: await database(postgres.url, name), ...inRedis(`${redis.url}/${at}`) };
      const started = await hostsBy[name]({ dist: await dist, folder, issuer, settings: { ...settings, ...own } });
      await supervisor.start(started.spec);
      return started;
    };
    const started = await Promise.all((Object.keys(hostsBy) as HostName[]).map(open));
    const running = await model;
    return {
      hosts: started.map(({ host }) => host),
      ownSettings: Object.fromEntries(started.map(({ name, own }) => [name, Object.keys(own).length])),
      behind: { model: async (signal) => running.signal(signal), ledger: (signal) => postgres.signal(signal) },
      stop: async () => (await stores).stop(),
    };
  } catch (error) {
    await Promise.allSettled([model, dist]);
    await (await stores).stop();
    throw error;
  }
}

async function openStores() {
  const [issuer, postgres, redis] = await Promise.all([oidcIssuer(), startPostgres(), startRedis()]);
  const stop = async () => {
    issuer.close();
    await Promise.all([postgres.stop(), redis.stop()]);
  };
  return { issuer, postgres, redis, stop };
}

/** The issuer has no TLS. */
const common: Env = {
  TWOHOP_ENV: 'development',
  ALLOWED_ORIGINS: ALLOWED_ORIGIN,
  ADMIN_EMAILS: 'operator@example.com',
  LOG_LEVEL: 'warn',
};

const inRedis = (url: string): Env => ({ RATE_URL: url, RESULTS_URL: url });

/** Each host has a ledger of its own: one that stops everything stops nobody else. */
async function database(url: string, host: HostName): Promise<string> {
  const name = `conformance_${host}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`).finally(() => client.end());
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

async function built(folder: string): Promise<string> {
  const dist = join(folder, 'dist');
  const config = join(folder, 'twohop.config.mjs');
  await mkdir(dist);
  await writeFile(config, `export default ${JSON.stringify(plans)};\n`);
  await execa(process.execPath, ['build.ts', '--outdir', dist, '--plans', config, '--no-console'], {
    cwd: join(root, 'apps/server'),
  });
  return dist;
}
