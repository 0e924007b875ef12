import { watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { python, root } from '../root.ts';

const service = join(root, 'ml-service');
const client = join(root, 'packages', 'ml-client');
const openapi = join(service, 'openapi.json');
/** An editor writes a file in several steps. */
const settleMs = 60;

interface Generator {
  /** Writes the client's generated files for the OpenAPI file into `folder`. */
  generate(folder: string): Promise<void>;
}

/** Loaded once: a change is then carried in a fraction of a second. */
const loadGenerator = async (): Promise<Generator> =>
  (await import(pathToFileURL(join(client, 'generate.ts')).href)) as Generator;

/** Carries a change of the model's schemas to the types of the TypeScript side: openapi.json, then packages/ml-client. */
const carry = async ({ generate }: Generator): Promise<void> => {
  const beganMs = performance.now();
  const before = await readFile(openapi, 'utf8').catch(() => '');
  const exported = await execa(python(), ['-m', 'ml_service.export_openapi'], { cwd: service, reject: false, all: true });
  if (exported.failed) return console.error(`openapi.json was not exported:\n${exported.all}`);
  if ((await readFile(openapi, 'utf8')) === before) return;
  const changed = await regenerate(generate);
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(1);
  console.log(`The contract changed: openapi.json and ${changed.join(', ')} of packages/ml-client are new after ${seconds} s`);
};

/** Beside, then file by file into its place: the watchers of the types never see a folder that is half there. */
const regenerate = async (generate: Generator['generate']): Promise<string[]> => {
  const place = join(client, 'src', 'generated');
  const draft = await mkdtemp(join(tmpdir(), 'twohop-client-'));
  try {
    await generate(draft);
    await mkdir(place, { recursive: true });
    const names = await readdir(draft);
    const replaced = await Promise.all(names.map((name) => replace(join(draft, name), join(place, name))));
    return names.filter((_, index) => replaced[index]);
  } finally {
    await rm(draft, { recursive: true });
  }
};

const replace = async (from: string, to: string): Promise<boolean> => {
  const [fresh, old] = await Promise.all([readFile(from, 'utf8'), readFile(to, 'utf8').catch(() => '')]);
  if (fresh === old) return false;
  await writeFile(`${to}.new`, fresh);
  await rename(`${to}.new`, to);
  return true;
};

/** Runs one at a time; a change during a run leads to one more. */
const oneAtATime = (work: () => Promise<void>) => {
  let running = false;
  let again = false;
  return async (): Promise<void> => {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      await work().catch((error: Error) => console.error(error.message));
    }
    running = false;
  };
};

const generator = await loadGenerator();
const follow = oneAtATime(() => carry(generator));
let timer: NodeJS.Timeout | undefined;
watch(join(service, 'src'), { recursive: true }, (_event, file) => {
  if (!file?.endsWith('.py')) return;
  clearTimeout(timer);
  timer = setTimeout(() => void follow(), settleMs);
});
console.log('Watching ml-service/src for changes of the contract');
await follow();
