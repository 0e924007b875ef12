import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import type { OidcIssuer } from '../oidc-issuer.ts';
import { urlOf } from '../parts.ts';
import { freePort } from '../ports.ts';
import type { Env, ProcessSpec } from '../processes.ts';
import { root } from '../root.ts';
import type { Host, HostName } from './case.ts';
import { workerdConfig } from './workerd-config.ts';

/** What runs the first hop, started by itself. */
export interface Started {
  readonly name: HostName;
  readonly spec: ProcessSpec;
  readonly host: Host;
  /** What this host is told and the others are not. */
  readonly own: Env;
}

export interface HostOptions {
  /** The built server: apps/server/dist. */
  readonly dist: string;
  /** For what is written for a host. */
  readonly folder: string;
  readonly issuer: OidcIssuer;
  /** Told to every host alike, but for its ledger and its results. */
  readonly settings: Env;
}

const [deno = '', workerd = ''] = ['deno', 'workerd'].map((name) => join(root, 'tooling/node_modules/.bin', name));

/** They hold nothing by then that anybody wants. */
export const GRACE_MS = 1_000;

const byProxy = (address: string) => ({ 'x-forwarded-for': address });
const byEdge = (address: string) => ({ 'cf-connecting-ip': address });

/** The server as an image runs it. */
export async function nodeHost(options: HostOptions): Promise<Started> {
  return processHost('node', options, { command: process.execPath, args: [join(options.dist, 'main.js')] });
}

/** With what it needs and no more: no file is written, no program is run. */
export async function denoHost(options: HostOptions): Promise<Started> {
  const allowed = ['--allow-env', '--allow-net', '--allow-read', '--allow-sys'];
  const args = ['run', '--no-prompt', '--cached-only', ...allowed, join(options.dist, 'deno.js')];
  return processHost('deno', options, { command: deno, args });
}

async function processHost(
  name: HostName,
  { issuer, settings, folder }: HostOptions,
  program: Pick<ProcessSpec, 'command' | 'args'>,
): Promise<Started> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const own = { HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: String(metricsPort), TRUST_PROXY: '127.0.0.1' };
  const url = urlOf(port);
  return {
    name,
    own,
    spec: { name, ...program, cwd: folder, graceMs: GRACE_MS, env: { ...settings, ...own }, ready: { url: `${url}/readyz` } },
    host: { name, url: new URL(url), behind: byProxy, token: issuer.token },
  };
}

/** One process, with the Worker as Cloudflare would run it: what it is told stands in deploy/cloudflare/wrangler.json. */
export async function workerdHost({ dist, folder, issuer, settings }: HostOptions): Promise<Started> {
  const port = await freePort();
  const config = join(folder, 'workerd.capnp');
  await writeFile(config, await workerdConfig({ worker: relative(folder, join(dist, 'workerd/worker.js')), port, settings }));
  const url = urlOf(port);
  const behind = byEdge;
  return {
    name: 'workerd',
    own: {},
    // What nobody is behind is refused, so it is asked as the edge would ask.
    spec: {
      name: 'workerd',
      command: workerd,
      args: ['serve', config],
      cwd: folder,
      graceMs: GRACE_MS,
      ready: { url: `${url}/readyz`, headers: behind('127.0.0.1') },
    },
    host: { name: 'workerd', url: new URL(url), behind, token: issuer.token },
  };
}

/** `24.21.0` */
export async function versionsOf(): Promise<Readonly<Record<HostName, string>>> {
  const said = await Promise.all([execa(deno, ['--version']), execa(workerd, ['--version'])]);
  const [ofDeno = '', ofWorkerd = ''] = said.map(({ stdout }) => /\d[\d.-]+/.exec(stdout)?.[0]);
  return { node: process.versions.node, deno: ofDeno, workerd: ofWorkerd };
}
