/**
 * Generates the types and validators of the second hop from its committed OpenAPI file.
 *
 *   node generate.ts            writes src/generated
 *   node generate.ts --check    changes nothing; exit 1 when src/generated is not what the OpenAPI file gives
 *
 * Replies are validated by these schemas: unknown fields pass (a newer model may say more), missing or wrong ones don't.
 */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@hey-api/openapi-ts';

const openapiFile = join(import.meta.dirname, '../../ml-service/openapi.json');
const generatedFolder = join(import.meta.dirname, 'src/generated');

/** Above this many items a fixed length is a vector, not a tuple: a type of 384 numbers helps nobody. */
const longestTuple = 8;

/** Leaves out what only adds noise to the code: pydantic's titles repeat the name, vectors are no tuples. */
function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => !(key === 'title' && typeof inner === 'string'));
  const schema: Record<string, unknown> = Object.fromEntries(entries.map(([key, inner]) => [key, simplify(inner)]));
  if (typeof schema['maxItems'] === 'number' && schema['maxItems'] > longestTuple && schema['minItems'] === schema['maxItems']) {
    delete schema['maxItems'];
  }
  return schema;
}

/** Writes types.gen.ts and zod.gen.ts for the OpenAPI file to `folder`. */
export async function generate(folder: string, openapi = openapiFile): Promise<void> {
  const document = JSON.parse(await readFile(openapi, 'utf8')) as Record<string, unknown>;
  // Named in full: else the generator reads the settings of whatever folder it is started in.
  const configFile = join(import.meta.dirname, 'openapi-ts.config.ts');
  await createClient({ configFile, input: simplify({ ...document }) as Record<string, unknown>, output: { path: folder } });
}

async function contents(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const));
  return new Map(files);
}

/** Names the files that differ, of how many. */
async function drift(): Promise<{ readonly drifted: string[]; readonly of: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'twohop-ml-client-'));
  try {
    await generate(folder);
    const [fresh, committed] = await Promise.all([contents(folder), contents(generatedFolder)]);
    if (fresh.size === 0) throw new Error('the generator wrote nothing');
    const names = [...new Set([...fresh.keys(), ...committed.keys()])];
    return { drifted: names.filter((name) => fresh.get(name) !== committed.get(name)), of: names.length };
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const { drifted, of } = await drift();
    if (drifted.length > 0) {
      console.error(`packages/ml-client/src/generated is not what ml-service/openapi.json gives: ${drifted.join(', ')}.`);
      console.error('Run `pnpm --filter @twohop/ml-client generate` and commit the result.');
      process.exitCode = 1;
    } else {
      console.log(`${of} generated files are what ml-service/openapi.json gives.`);
    }
  } else {
    await generate(generatedFolder);
  }
}
