import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { execa } from 'execa';

/** Who listens on a port, as far as this user may see. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** A port that a part needs, the part's name, and the setting that moves it elsewhere. */
export interface WantedPort {
  readonly name: string;
  readonly port: number;
  readonly setting: string;
}

export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  constructor(wanted: WantedPort, holder: PortHolder | undefined) {
    const who = holder ? `process ${holder.pid} (${holder.command})` : 'a process of another user';
    const remedy = holder ? `stop it with \`kill ${holder.pid}\`, or` : 'stop it, or';
    super(`Port ${wanted.port} (${wanted.name}) is held by ${who}: ${remedy} choose another port with ${wanted.setting}=<port>.`);
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });

/** Below the range the kernel hands out for outgoing connections, so that none of those can take a port we chose. */
const lowestPort = 20_000;
const portCount = 12_000;
const given = new Set<number>();

/** A port nobody listens on. The same process never gets one twice. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = lowestPort + Math.floor(Math.random() * portCount);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`No free port found between ${lowestPort} and ${lowestPort + portCount}.`);
};

/** Throws `PortTaken`, which names the holder, for the first of these ports that is in use. */
export const assertPortsFree = async (wanted: readonly WantedPort[]): Promise<void> => {
  const free = await Promise.all(wanted.map((each) => isFree(each.port)));
  const taken = wanted.find((_, index) => free[index] === false);
  if (taken) throw new PortTaken(taken, await portHolder(taken.port));
};

/** The listener on `port`; `undefined` when nobody listens or its owner is hidden from this user. */
export const portHolder = async (port: number): Promise<PortHolder | undefined> =>
  process.platform === 'linux' ? holderFromProc(port) : holderFromLsof(port);

const holderFromProc = async (port: number): Promise<PortHolder | undefined> => {
  const inodes = await listeningInodes(port);
  if (inodes.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  for (const pid of pids) {
    if (await holdsSocket(pid, inodes)) return { pid: Number(pid), command: await commandOf(pid) };
  }
  return undefined;
};

const listeningInodes = async (port: number): Promise<Set<string>> => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')));
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  // Columns of proc(5): 1 = local address, 3 = state (0A = LISTEN), 9 = inode.
  return new Set(rows.filter((row) => row[1]?.endsWith(suffix) && row[3] === '0A').flatMap((row) => row[9] ?? []));
};

const holdsSocket = async (pid: string, inodes: ReadonlySet<string>): Promise<boolean> => {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.some((target) => inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? ''));
};

const commandOf = async (pid: string): Promise<string> => {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').filter(Boolean);
  const line = words.map(shorten).join(' ');
  return line.length > 120 ? `${line.slice(0, 117)}…` : line || 'unknown command';
};

/** `/home/ann/twohop/apps/server/src/main.ts` → `…/src/main.ts`: what is recognized, not where it happens to stand. */
const shorten = (word: string): string => (word.length > 24 ? word.replace(/^\/.*(\/[^/]+\/[^/]+)$/, '…$1') : word);

const holderFromLsof = async (port: number): Promise<PortHolder | undefined> => {
  const { stdout, failed } = await execa('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { reject: false });
  if (failed) return undefined;
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  return pid ? { pid: Number(pid), command: /^c(.+)$/m.exec(stdout)?.[1] ?? 'unknown command' } : undefined;
};
