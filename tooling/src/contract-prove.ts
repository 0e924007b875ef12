/**
 * `npm run contract:prove`: changes the contracts of both hops in every way they allow, and shows that each change is a type
 * error in a package that uses it. `--quick` takes a spread of them, `--json` prints one object.
 */
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { prove } from './contract-prove/prove.ts';
import { root } from './root.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const startMs = performance.now();
const tell = (line: string) => console.error(pc.dim(line));
const { caught, survivors, exclusions } = await prove(root, { quick: values.quick, tell });
const total = caught.length + survivors.length;
const ok = survivors.length === 0;

if (values.json) {
  console.log(JSON.stringify({ ok, caught: caught.length, total, survivors }));
} else {
  for (const { target, why } of exclusions) console.log(pc.dim(`left out: ${target} (${why})`));
  for (const survivor of survivors) console.log(pc.red(`survived: ${survivor}`));
  const users = Object.entries(Object.groupBy(caught, ({ user }) => user)).map(([user, list]) => `${user} ${list?.length ?? 0}`);
  console.log(`caught by: ${users.join(', ')}`);
  console.log(`mutations caught ${caught.length}/${total} in ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
}
process.exitCode = ok ? 0 : 1;
