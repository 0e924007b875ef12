/**
 * `npm run docs`: writes docs/reference from the code and builds the site into docs/.vitepress/dist; a dead link fails it. `--check`
 * builds nothing, and fails when docs/reference is not what the code says. `--json` prints one object.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { runCommand } from './command.ts';
import { referencePages } from './docs/reference.ts';
import { root } from './root.ts';

const folder = join(root, 'docs/reference');

async function staleOf(pages: Readonly<Record<string, string>>): Promise<string[]> {
  const present = await readdir(folder);
  const names = [...new Set([...present, ...Object.keys(pages)])];
  const isSame = async (name: string) => present.includes(name) && (await readFile(join(folder, name), 'utf8')) === pages[name];
  const judged = await Promise.all(names.map(async (name) => [name, await isSame(name)] as const));
  return judged.filter(([, same]) => !same).map(([name]) => name);
}

await runCommand(async () => {
  const { values } = parseArgs({
    options: { check: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  });
  const pages = await referencePages(root);
  const stale = await staleOf(pages);
  if (values.check) {
    if (stale.length > 0) console.error(`docs/reference is not what the code says (${stale.join(', ')}): run npm run docs.`);
    else console.error(`${Object.keys(pages).length} generated pages`);
    return stale.length > 0 ? 1 : 0;
  }
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(pages)) await writeFile(join(folder, name), text);
  const { exitCode = 1 } = await execa(join(root, 'docs/node_modules/.bin/vitepress'), ['build'], {
    cwd: join(root, 'docs'),
    stdin: 'ignore',
    stdout: values.json ? process.stderr : 'inherit',
    stderr: 'inherit',
    reject: false,
  });
  if (values.json) console.log(JSON.stringify({ ok: exitCode === 0, site: 'docs/.vitepress/dist' }));
  return exitCode;
});
