import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import pg from 'pg';
import { freePort } from './ports.ts';
import { plantPostgres } from './postgres/binaries.ts';
import { ended, familyOf } from './postgres/family.ts';
import { nobody } from './postgres/nobody.ts';
import { createSupervisor, type Supervisor } from './processes.ts';

/** A real PostgreSQL on a free port of loopback. Its data are on the disk until `stop`. */
export interface RealPostgres {
  /** Of its superuser, password included: what `LEDGER_URL` takes. */
  readonly url: string;
  /** To the server and to its sessions: a stopped server alone leaves the sessions at work. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** SIGKILL to all of them. Resolves when none is left. */
  kill(): Promise<void>;
  /** Again, on the same data and at the same address. */
  start(): Promise<void>;
  /** Another server, on a base backup of this one that is taken while it serves. It ends with this one's `stop`. */
  restored(): Promise<RealPostgres>;
  /** Ends the server and deletes its data. Nothing of it is left, also when this process dies without calling it. */
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<RealPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'twohop-postgres-'));
  const supervisor = createSupervisor({ scratch: folder });
  try {
    return await serve(supervisor, await makeCluster(supervisor, folder));
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

interface Cluster {
  readonly bin: string;
  readonly data: string;
  readonly password: string;
}

async function makeCluster(supervisor: Supervisor, folder: string): Promise<Cluster> {
  // Others may pass through to what is theirs.
  await chmod(folder, 0o711);
  const bin = await plantPostgres(join(folder, 'programs'));
  const data = join(folder, 'data');
  const secret = join(folder, 'password');
  const password = randomBytes(12).toString('hex');
  await mkdir(data, { mode: 0o700 });
  await writeFile(secret, password, { mode: 0o600 });
  const user = nobody();
  for (const path of user ? [data, secret] : []) await chown(path, user?.uid ?? 0, user?.gid ?? 0);
  const settings = ['--username=twohop', '--auth=scram-sha-256', `--pwfile=${secret}`, '--encoding=UTF8', '--locale=C'];
  const args = ['-D', data, ...settings, '--no-sync', '--no-instructions'];
  await supervisor.start({ name: 'initdb', ...unprivileged(join(bin, 'initdb'), args), cwd: folder, ready: 'exit' });
  return { bin, data, password };
}

async function serve(supervisor: Supervisor, { bin, data, password }: Cluster): Promise<RealPostgres> {
  const port = await freePort();
  const url = `postgres://twohop:${password}@127.0.0.1:${port}/postgres`;
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`].flatMap((each) => ['-c', each]);
  const spec = { name: 'postgres', ...unprivileged(join(bin, 'postgres'), ['-D', data, ...settings]), cwd: data };
  const start = async () => {
    const running = await supervisor.start({ ...spec, ready: { line: /ready to accept connections/ } });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.end();
    return running;
  };
  let server = await start();
  const signal = async (name: NodeJS.Signals) => {
    const family = await familyOf(server.pid);
    for (const pid of family) tell(pid, name);
    return family;
  };
  return {
    url,
    signal: async (name) => void (await signal(name)),
    kill: async () => ended(await signal('SIGKILL')),
    start: async () => {
      server = await start();
    },
    restored: async () => {
      const copy = `${data}-${randomBytes(4).toString('hex')}`;
      await baseBackup(url, data, copy);
      return serve(supervisor, { bin, data: copy, password });
    },
    stop: async () => {
      // A stopped process hears no other signal.
      await signal('SIGCONT');
      await supervisor.stop();
    },
  };
}

/** What pg_basebackup does, which the package of the binaries lacks: files as they are, and the log that makes them whole. */
async function baseBackup(url: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('backup', true)`);
    await execa('cp', ['-a', from, to]);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await execa('cp', ['-a', join(from, 'pg_wal'), to]);
    await rm(join(to, 'postmaster.pid'));
    const label = join(to, 'backup_label');
    await writeFile(label, rows[0]?.labelfile ?? '');
    const user = nobody();
    if (user) await chown(label, user.uid, user.gid);
  } finally {
    await client.end();
  }
}

/** The program as a user that PostgreSQL accepts. */
function unprivileged(program: string, args: readonly string[]): { command: string; args: readonly string[] } {
  if (!nobody()) return { command: program, args };
  const become = fileURLToPath(new URL('postgres/as-nobody.ts', import.meta.url));
  return { command: process.execPath, args: ['--disable-warning=ExperimentalWarning', become, program, ...args] };
}

function tell(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone between the look and the signal.
  }
}
