import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';

interface Row {
  readonly pid: number;
  readonly parent: number;
}

/** A server and its sessions. Each session leads a process group of its own, so a signal to the server's group misses them. */
export async function familyOf(pid: number): Promise<number[]> {
  const rows = await (process.platform === 'linux' ? rowsFromProc() : rowsFromPs());
  return [pid, ...rows.filter(({ parent }) => parent === pid).map((row) => row.pid)];
}

/** Resolves when none of them is left; one that ended and was not yet fetched by its parent counts as gone. */
export async function ended(pids: readonly number[]): Promise<void> {
  for (;;) {
    const alive = new Set((await (process.platform === 'linux' ? rowsFromProc() : rowsFromPs())).map(({ pid }) => pid));
    if (!pids.some((pid) => alive.has(pid))) return;
    await setTimeout(20);
  }
}

/** Columns of proc(5) after the name in brackets: state, parent. */
async function rowsFromProc(): Promise<Row[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const rows = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [, state, parent] = /\) (\S) (\d+) [^)]*$/.exec(stat) ?? [];
      return parent && state !== 'Z' ? [{ pid: Number(pid), parent: Number(parent) }] : [];
    }),
  );
  return rows.flat();
}

async function rowsFromPs(): Promise<Row[]> {
  const { stdout } = await execa('ps', ['-A', '-o', 'pid=,ppid=,state=']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}
