import { readFile } from 'node:fs/promises';

/** Clock ticks a second of Linux's /proc; fixed at 100 on every platform that Node runs on. */
const TICKS = 100;
const KIB = 1024;

export interface ProcessCost {
  /** Processor time of all threads since the start, in milliseconds. */
  readonly cpuMs: number;
  /** That of the main thread alone: what a process of JavaScript can do no two of at a time. */
  readonly mainCpuMs: number;
  /** The most memory that it ever had resident, in MiB. */
  readonly peakMiB: number;
}

/** What a process has cost so far. Linux only. */
export async function costOf(pid: number): Promise<ProcessCost> {
  const [all, main, status] = await Promise.all(
    ['stat', `task/${pid}/stat`, 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
  );
  const peakKiB = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status ?? '')?.[1]);
  return { cpuMs: cpuMsOf(all ?? ''), mainCpuMs: cpuMsOf(main ?? ''), peakMiB: Math.round(peakKiB / KIB) };
}

/** The second field is a name in brackets that may hold spaces: user and system time are the 12th and 13th after it. */
function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}
