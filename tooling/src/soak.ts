/**
 * `npm run soak`: a million requests of 200 000 users at a real server process, in at most ten minutes: its memory and its handles
 * must not grow with them. Prints a table (`--json`: one object) and writes docs/benchmarks/soak.md. `--quick` takes seconds and
 * judges no memory; `--requests` takes another number of requests and writes nothing; `--minutes` lets a slow machine take longer.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { holds } from './bench/figures.ts';
import { machine, textOf, versions, writeBenchmark } from './bench/report.ts';
import { runCommand } from './command.ts';
import { watchInterruption } from './lifecycle.ts';
import { createSupervisor } from './processes.ts';
import { Refusal } from './refusal.ts';
import { soak } from './soak/soak.ts';

const REQUESTS = 1_000_000;
const QUICK_REQUESTS = 1_500;
/** Of 200 000 users so many are at work at a time. */
const ACTIVE_PART = 1 / 100;
/** Starting, stopping and writing take the rest of ten minutes. */
const LONGEST_MINUTES = 9.5;

const tell = (line: string): void => void process.stderr.write(`${pc.dim(line)}\n`);

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      requests: { type: 'string' },
      minutes: { type: 'string' },
    },
  });
  const requests = Number(values.requests ?? (values.quick ? QUICK_REQUESTS : REQUESTS));
  if (!Number.isInteger(requests) || requests < 1_000)
    throw new Refusal(`--requests ${values.requests}: give a whole number of at least 1000.`);
  const minutes = Number(values.minutes ?? LONGEST_MINUTES);
  if (!(minutes > 0 && minutes <= 600)) throw new Refusal(`--minutes ${values.minutes}: give a number above 0, at most 600.`);
  const interruption = watchInterruption();
  const folder = await mkdtemp(join(tmpdir(), 'twohop-soak-'));
  const supervisor = createSupervisor({ scratch: folder });
  interruption.signal.addEventListener('abort', () => void supervisor.stop().then(() => process.exit(interruption.exitCode())));
  try {
    const activeUsers = Math.ceil(requests * ACTIVE_PART);
    const report = await soak({ requests, activeUsers, longestMs: minutes * 60_000, folder, supervisor, tell });
    const judged = values.quick ? report.bars.filter(({ name }) => name.startsWith('requests')) : report.bars;
    const ok = judged.every(holds);
    const command = `npm run soak${values.minutes === undefined ? '' : ` -- --minutes ${minutes}`}`;
    if (!values.quick && values.requests === undefined) await writeBenchmark('soak', report, command);
    const { users, results, samples, bars } = report;
    const object = { ok, machine: machine(), versions: versions(), requests: report.requests, users, results, bars, samples };
    console.log(values.json ? JSON.stringify(object) : textOf(report));
    return ok ? 0 : 1;
  } finally {
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

await runCommand(main);
