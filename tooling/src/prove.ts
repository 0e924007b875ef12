/**
 * `npm run prove`: shows on real processes and real stores that nobody spends past a limit and nobody pays twice. Prints a table
 * (`--json`: one object) and, when nothing is left out, writes docs/proofs/ledger.md. `--store sqlite|postgres`, `--only <check>`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { runCommand } from './command.ts';
import { watchInterruption } from './lifecycle.ts';
import { createSupervisor } from './processes.ts';
import { checks } from './prove/checks.ts';
import { prove } from './prove/prove.ts';
import { tableOf, writeProof } from './prove/report.ts';
import { storesOf } from './prove/stores.ts';
import { Refusal } from './refusal.ts';

const tell = (line: string): void => void process.stderr.write(`${pc.dim(line)}\n`);

const newFolder = (parent: string): Promise<string> => mkdtemp(join(parent, 'twohop-prove-'));

/** A quick proof judges no latency and loses no power: it spares the disk. */
const memoryFolder = (): Promise<string> => newFolder('/dev/shm').catch(() => newFolder(tmpdir()));

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      store: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const only = values.only?.split(',');
  const chosen = checks.filter(({ name }) => only?.includes(name) ?? true);
  if (chosen.length === 0)
    throw new Refusal(`No check is called "${values.only}"; there are: ${checks.map(({ name }) => name).join(', ')}.`);
  const interruption = watchInterruption();
  const stores = await storesOf(values.store);
  const memory = await memoryFolder();
  const folder = values.quick ? memory : await newFolder(tmpdir());
  const supervisor = createSupervisor({ scratch: folder });
  interruption.signal.addEventListener('abort', () => void supervisor.stop());
  const startMs = performance.now();
  try {
    const rows = await prove(
      chosen,
      stores.map((store) => ({ store, quick: values.quick, supervisor, folder, memory, tell })),
    );
    if (interruption.signal.aborted) return interruption.exitCode();
    const ok = rows.length > 0 && rows.every((row) => row.ok);
    const seconds = Math.round((performance.now() - startMs) / 1000);
    if (!values.quick && !only && !values.store) await writeProof(LEDGER, rows, seconds);
    console.log(values.json ? JSON.stringify({ ok, rows }) : tableOf(rows, seconds));
    return ok ? 0 : 1;
  } finally {
    await supervisor.stop();
    await Promise.all(stores.map((store) => store.stop()));
    await rm(memory, { recursive: true, force: true });
  }
};

const LEDGER = {
  name: 'ledger',
  title: 'Proofs of the ledger',
  command: 'npm run prove',
  lead: [
    'Nobody spends past a limit, and nobody pays twice. Each row is measured on real server processes that share one real',
    'store, in front of a model whose cost is exactly known and which keeps its own log of what it executed. `npm run prove',
    '-- --quick` takes a spread of the rows in two minutes.',
  ],
};

await runCommand(main);
