/**
 * `npm run conformance`: the first hop on Node, on Deno and on workerd, each before one real model, PostgreSQL and Redis, and the
 * same cases tried on each. Prints a table (`--json`: one object); exit code 1 when a cell does not hold. `--only <words>` takes the
 * cases whose name has them.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { conformanceCases } from './conformance/cases.ts';
import { conformance } from './conformance/conformance.ts';
import { versionsOf } from './conformance/hosts.ts';
import { holds, tableOf } from './conformance/report.ts';
import { openWorld } from './conformance/world.ts';
import { watchInterruption } from './lifecycle.ts';
import { createSupervisor } from './processes.ts';
import { Refusal } from './refusal.ts';

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
  });
  const cases = conformanceCases.filter(({ name }) => name.includes(values.only));
  if (cases.length === 0) throw new Refusal(`No case is called "${values.only}".`);
  const startMs = performance.now();
  const interruption = watchInterruption();
  const folder = await mkdtemp(join(tmpdir(), 'twohop-conformance-'));
  const supervisor = createSupervisor({ scratch: folder });
  interruption.signal.addEventListener('abort', () => void supervisor.stop());
  try {
    const world = await openWorld(supervisor, folder);
    const rows = await conformance(cases, world, { signal: interruption.signal }).finally(() => world.stop());
    if (interruption.signal.aborted) return interruption.exitCode();
    const versions = await versionsOf();
    const ok = rows.length > 0 && rows.every(holds);
    const seconds = Math.round((performance.now() - startMs) / 1000);
    console.log(
      values.json
        ? JSON.stringify({ ok, versions, ownSettings: world.ownSettings, cases: rows })
        : `${tableOf(rows, versions)}\n${rows.filter(holds).length} of ${rows.length} cases hold on every host, ~ as docs/moving.md tells (${seconds} s)`,
    );
    return ok ? 0 : 1;
  } finally {
    await supervisor.stop();
  }
};

await runCommand(main);
