import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { execa } from 'execa';
import { root } from '../root.ts';
import type { Ground, Outage } from './outages.ts';

const pathOf = ({ house }: Ground): string => house.store.url.replace(/^sqlite:/, '');

const none = async (): Promise<null> => null;

/** Another process has the write lock: stopped (`SIGSTOP`), so that it never gives it back, or killed with its change half made. */
const locked = (name: string, signal: 'SIGSTOP' | 'SIGKILL'): Outage => ({
  name,
  missing: none,
  begin: async (ground) => {
    const holder = await ground.supervisor.start({
      name: 'lock-holder',
      command: process.execPath,
      args: [join(root, 'tooling', 'src', 'prove', 'lock-holder.ts'), pathOf(ground)],
      ready: { line: /^locked$/ },
    });
    if (signal === 'SIGSTOP') holder.signal('SIGSTOP');
    return async () => {
      holder.signal('SIGKILL');
      await holder.ended;
    };
  },
});

export const lockHeld = locked('its write lock held by another, stopped process', 'SIGSTOP');
export const writerKilled = locked('another writer killed in the middle of a change', 'SIGKILL');

const immutable = (path: string, on: boolean): Promise<boolean> =>
  execa('chattr', [on ? '+i' : '-i', path], { reject: false }).then(({ failed }) => !failed);

/** Whether a file that is made immutable refuses what is written through a handle that was open before: not on every file system. */
async function refusesOpenHandles(): Promise<boolean> {
  const path = join(tmpdir(), `twohop-immutable-${process.pid}`);
  await writeFile(path, 'x');
  const file = await open(path, 'a');
  const made = await immutable(path, true);
  const wrote = await file.write('y').then(
    () => true,
    () => false,
  );
  await immutable(path, false);
  await file.close();
  await rm(path, { force: true });
  return made && !wrote;
}

export const readOnly: Outage = {
  name: 'its file read-only',
  missing: async () =>
    (await refusesOpenHandles()) ? null : 'chattr +i needs root and ext4 or the like in the temporary folder',
  begin: async (ground) => {
    // Not `-shm`: it is memory that the processes share, and one that may not be written ends whoever writes it.
    const files = ['', '-wal'].map((suffix) => `${pathOf(ground)}${suffix}`);
    for (const file of files) await immutable(file, true);
    return async () => {
      for (const file of files) await immutable(file, false);
    };
  },
};

const DISK_MIB = 32;

/**
 * A disk of its own in memory, which is then filled to the last byte. The log is emptied first: what it has grown to could
 * otherwise be written over for a while, and a disk that is full to nobody is no outage.
 */
export const diskFull: Outage = {
  name: 'its disk full',
  missing: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'twohop-mount-'));
    const may = await mounted(folder).catch(() => false);
    if (may) await execa('umount', [folder]);
    await rm(folder, { recursive: true });
    return may ? null : 'a disk of its own for the store needs root, and a system that lets root mount one';
  },
  prepare: async (folder) => {
    await mounted(folder);
    return async () => void (await execa('umount', ['--lazy', folder]));
  },
  begin: async (ground) => {
    const db = new DatabaseSync(pathOf(ground), { timeout: 5_000 });
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    const filler = join(dirname(pathOf(ground)), 'filler');
    const filled = await execa('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'], { reject: false });
    if (!filled.failed) throw new Error('the disk took all that was written');
    return () => rm(filler);
  },
};

const mounted = async (folder: string): Promise<true> => {
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'twohop-proof', folder]);
  return true;
};

const fileSize = (pid: number, limit: string) => execa('prlimit', ['--pid', String(pid), `--fsize=${limit}:`]);

/** No server may write a byte to any file: what a quota of the system's does to a file that has to grow. Needs no root. */
export const quotaFull: Outage = {
  name: 'its files at their size limit',
  standIn: true,
  missing: async () => ((await execa('prlimit', ['--version'], { reject: false })).failed ? 'prlimit is missing' : null),
  begin: async ({ house }) => {
    await Promise.all(house.servers.map(({ pid }) => fileSize(pid(), '1')));
    return async () => void (await Promise.all(house.servers.map(({ pid }) => fileSize(pid(), 'unlimited'))));
  },
};
