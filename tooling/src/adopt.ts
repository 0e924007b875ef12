/**
 * `npm run adopt -- <openapi.json | url>`: takes another model's contract in place of the one that ships. The client is
 * generated anew, each POST operation becomes a metered procedure, and the type check names what no longer fits. `--json`
 * prints one object. docs/your-model.md says what comes next.
 */
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { type Adoption, adopt } from './adopt/adopt.ts';
import { readDocument } from './adopt/document.ts';
import { runCommand } from './command.ts';
import { Refusal } from './refusal.ts';
import { root } from './root.ts';

/** Whatever is made of the model's contract, or of the router that is. */
const packages = ['packages/ml-client', 'packages/api', 'packages/sdk', 'apps/server', 'apps/extension', 'tooling', 'e2e'];

function tell({ procedures, refused, errors }: Adoption): void {
  for (const { name, file, kept } of procedures)
    console.log(`${pc.green('✓')} ${name}  ${pc.dim(`${file}${kept ? ' (kept as it was)' : ''}`)}`);
  for (const { operation, why } of refused) console.log(`${pc.yellow('–')} ${operation}  ${pc.dim(why)}`);
  const files = Map.groupBy(errors, (line) => line.replace(/\(.*$/, ''));
  for (const [first, ...others] of files.values())
    console.log(`${pc.red('✗')} ${first}${others.length > 0 ? pc.dim(` … and ${others.length} more`) : ''}`);
  console.log(
    errors.length === 0
      ? 'Everything fits.'
      : `${errors.length} lines of ${files.size} files no longer fit: delete what your model has not, and write the rest for it.`,
  );
}

await runCommand(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
  const [from] = positionals;
  if (from === undefined) throw new Refusal('Adopt what? npm run adopt -- openapi.json, or the address of one.');
  const adoption = await adopt(root, await readDocument(from), packages);
  if (values.json) console.log(JSON.stringify({ ok: true, ...adoption }));
  else tell(adoption);
  return 0;
});
