import { readFile } from 'node:fs/promises';

/** Clock ticks a second of Linux's /proc; fixed at 100 on every platform that Node runs on. */
const TICKS = 100;
const KIB = 1024;

export interface ProcessCost {
  /** Processor time of all threads since the start, in milliseconds. */
  readonly cpuMs: number;
  /** The most memory that it ever had resident, in MiB. */
  readonly peakMiB: number;
}

/** What a process has cost so far. Linux only. */
export async function costOf(pid: number): Promise<ProcessCost> {
  const [stat, status] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/status`, 'utf8')]);
  // The second field is a name in brackets that may hold spaces: user and system time are the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const peakKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { cpuMs: (ticks * 1000) / TICKS, peakMiB: Math.round(peakKiB / KIB) };
}
