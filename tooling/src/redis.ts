import { execa } from 'execa';
import { freePort } from './ports.ts';
import { createSupervisor, type ProcessSpec } from './processes.ts';
import { firstRunnable, onPath } from './programs.ts';
import { Refusal } from './refusal.ts';

/** A real Redis on a free port of loopback, with nothing on the disk. */
export interface RealRedis {
  readonly url: string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

const remedy =
  'redis-server is missing, and rates are tested against a real one: install it (Debian: `sudo apt-get install redis-server`).';

/** How a Redis is started on that port. Installs Debian's where this user may. @throws Refusal saying how to get one */
export async function redisSpec(port: number): Promise<ProcessSpec> {
  const command = (await firstRunnable([...onPath('redis-server'), ...onPath('valkey-server')])) ?? (await install());
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return { name: 'redis', command, args, ready: { line: /Ready to accept connections/ } };
}

export async function startRedis(): Promise<RealRedis> {
  const port = await freePort();
  const supervisor = createSupervisor();
  const redis = await supervisor.start(await redisSpec(port));
  return {
    url: `redis://127.0.0.1:${port}`,
    signal: (name) => redis.signal(name),
    stop: async () => {
      // A stopped process hears no signal but this one.
      redis.signal('SIGCONT');
      await supervisor.stop();
    },
  };
}

async function install(): Promise<string> {
  if (process.getuid?.() !== 0) throw new Refusal(remedy);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) => execa('apt-get', args, { reject: false, stdin: 'ignore', env });
  let result = await apt('install', '-y', '--no-install-recommends', 'redis-server');
  if (result.failed) {
    await apt('update');
    result = await apt('install', '-y', '--no-install-recommends', 'redis-server');
  }
  const path = await firstRunnable(onPath('redis-server'));
  if (!path) throw new Refusal(remedy);
  return path;
}
