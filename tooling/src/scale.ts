/**
 * `npm run scale`: the model service as two replicas on Ray Serve on this machine, one of them killed under load. Prints a table
 * (`--json`: one object) and writes docs/proofs/scale.md; `--quick` takes a minute less and writes nothing. Ray (an extra of 200
 * MB) is installed into the model service's environment the first time.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import pc from 'picocolors';
import { runCommand } from './command.ts';
import { tableOf, writeProof } from './prove/report.ts';
import type { Row } from './prove/row.ts';
import { Refusal } from './refusal.ts';
import { python, root } from './root.ts';

const cwd = join(root, 'ml-service');
const tell = (line: string): void => void process.stderr.write(`${pc.dim(line)}\n`);

async function haveRay(): Promise<void> {
  const { failed } = await execa(python(), ['-c', 'import ray.serve'], { cwd, reject: false });
  if (!failed) return;
  tell('Installing Ray, once …');
  const install = ['pip', 'install', '--quiet', '--require-hashes', '--python', python(), '--requirement', 'locks/serve.lock'];
  const { failed: missing, stderr } = await execa('uv', install, { cwd, reject: false });
  if (missing) throw new Refusal(`Ray cannot be installed here: ${stderr.trim().split('\n').at(-1)}`);
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  });
  await haveRay();
  const startMs = performance.now();
  const args = ['-m', 'bench.scale', ...(values.quick ? ['--quick'] : [])];
  const { stdout } = await execa(python(), args, { cwd, stderr: 'inherit', reject: false });
  if (stdout === '') throw new Refusal('The proof did not come to its end; what it said last stands above.');
  const { rows: checks } = JSON.parse(stdout) as { rows: readonly Omit<Row, 'store'>[] };
  const rows = checks.map((check) => ({ ...check, store: 'ray' }));
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const ok = rows.length > 0 && rows.every((row) => row.ok);
  if (!values.quick) await writeProof(SCALE, rows, seconds);
  console.log(values.json ? JSON.stringify({ ok, rows }) : tableOf(rows, seconds));
  return ok ? 0 : 1;
};

const SCALE = {
  name: 'scale',
  title: 'Proofs of the scaled model service',
  command: 'npm run scale',
  lead: [
    'Two replicas behind the proxy of Ray Serve, on one machine. Key, deadline, cancel and report hold as they do without it;',
    'a replica that is killed under load costs its callers a typed 503 at most, and another takes its place.',
  ],
};

await runCommand(main);
