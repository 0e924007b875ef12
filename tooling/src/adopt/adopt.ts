import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { typeErrors } from '../check-types.ts';
import { adoptedContract } from '../model-contract.ts';
import { Refusal } from '../refusal.ts';
import { toolEnv } from '../tool-env.ts';
import { type Contract, contractOf } from './contract.ts';
import type { OpenApi } from './document.ts';
import { routerOf } from './scaffold.ts';

const GENERATED = 'packages/ml-client/src/generated';
const ROUTERS = 'packages/api/src/routers';
const INDEX = 'packages/api/src/index.ts';
const SCHEMAS = 'packages/api/src/schemas.ts';

export interface Adoption {
  /** The procedures of the first hop, and the file of each; `kept` when the file was there before. */
  readonly procedures: readonly { readonly name: string; readonly file: string; readonly kept: boolean }[];
  readonly refused: Contract['refused'];
  /** What the type check says no longer fits, line by line. */
  readonly errors: readonly string[];
}

/** Swaps the model's contract in the workspace: the client, a procedure an operation, and what then no longer fits. */
export async function adopt(folder: string, document: OpenApi, packages: readonly string[]): Promise<Adoption> {
  const shipped = JSON.parse(await readFile(join(folder, 'ml-service/openapi.json'), 'utf8')) as OpenApi;
  const contract = contractOf(document, shipped);
  await writeFile(join(folder, adoptedContract), `${JSON.stringify(contract.document, null, 2)}\n`);
  await regenerate(folder);
  const zod = await readFile(join(folder, GENERATED, 'zod.gen.ts'), 'utf8');
  const procedures = [];
  for (const each of contract.adopted) {
    const file = `${ROUTERS}/${kebabCase(each.name)}.ts`;
    const kept = existsSync(join(folder, file));
    if (!kept) await writeFile(join(folder, file), routerOf(each, contract.document, zod));
    await register(folder, each.name, file);
    procedures.push({ name: `${each.name}.run`, file, kept });
  }
  const written = [INDEX, SCHEMAS, adoptedContract, ...procedures.map(({ file }) => file)];
  await execa('oxfmt', written, { cwd: folder, env: toolEnv(folder) });
  return { procedures, refused: contract.refused, errors: await typeErrors(folder, packages) };
}

/** In a process of its own: the generator keeps its settings in module state. */
async function regenerate(folder: string): Promise<void> {
  await rm(join(folder, GENERATED), { recursive: true, force: true });
  await mkdir(join(folder, GENERATED), { recursive: true });
  const made = await execa('node', ['packages/ml-client/generate.ts'], {
    cwd: folder,
    env: toolEnv(folder),
    all: true,
    reject: false,
  });
  if (made.failed) throw new Refusal(`The client cannot be generated from this document: ${made.all}`);
}

const kebabCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Makes the router known to the app's router, and its procedure to `account.quote`. */
async function register(folder: string, name: string, file: string): Promise<void> {
  const imported = `import { ${name} } from './routers/${file.split('/').at(-1)}';\n`;
  await edit(join(folder, INDEX), imported, (text) =>
    text
      .replace(/import \{ t \}/, `${imported}$&`)
      .replace(/(appRouter = t\.router\(\{[^}]*[^\s,}]),?(\s*\}\))/, `$1, ${name}$2`),
  );
  const procedure = `'${name}.run'`;
  await edit(join(folder, SCHEMAS), procedure, (text) =>
    text.replace(/(procedure: z\.enum\(\[[^\]]*[^\s,\]]),?(\s*\])/, `$1, ${procedure}$2`),
  );
}

/** Once: what is there already is left alone. */
async function edit(path: string, mark: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (text.includes(mark)) return;
  const changed = change(text);
  if (!changed.includes(mark)) throw new Refusal(`${path} has no place for ${mark.trim()}: write it there yourself.`);
  await writeFile(path, changed);
}
