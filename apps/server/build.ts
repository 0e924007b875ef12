/**
 * `pnpm --filter @twohop/server run build`: the server as a folder that runs alone, `node dist/main.js`, without node_modules and
 * without this repository. Plans and prices are bundled along from twohop.config.ts, and the console lies beside it (not with
 * `--no-console`). The same folder runs on Deno by `dist/deno.js`; `dist/workerd/worker.js` is all of it for workerd.
 */
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build, type BuildOptions, type Plugin } from 'esbuild';

const here = import.meta.dirname;
const quota = join(here, '../../packages/quota/src/adapters/sqlite');

/** Packages that are CommonJS still call these; the settings beside the program are its own unless it is told of others. */
const banner = `
import { createRequire as __createRequire } from 'node:module';
import { dirname as __dirnameOf, join as __join } from 'node:path';
import { fileURLToPath as __fileOf } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __fileOf(import.meta.url);
const __dirname = __dirnameOf(__filename);
process.env.TWOHOP_CONFIG ||= __join(__dirname, 'twohop.config.js');
`.trim();

const threads = ['checkpointer', 'worker'];

/** Threads are started by the name of their file, which no bundler sees: whichever file starts them, each must be found. */
const workers: Plugin = {
  name: 'workers',
  setup: ({ onLoad, onEnd }) => {
    const started = new Set<string>();
    onLoad({ filter: /sqlite[/\\][^/\\]+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replaceAll(/new URL\('\.\/(\w+)\.ts', import\.meta\.url\)/g, (_all, name: string) => {
        started.add(name);
        return `new URL('./${name}.js', import.meta.url)`;
      });
      return { contents, loader: 'ts' };
    });
    onEnd(() => {
      const names = [...started].toSorted().join(', ');
      if (names !== threads.join(', ')) throw new Error(`The threads that are started are ${names}: adapt apps/server/build.ts`);
    });
  },
};

/** workerd knows the modules of Node by their whole names only. */
const wholeNames: Plugin = {
  name: 'whole names',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[\w/]+$/ }, ({ path }) => (isBuiltin(path) ? { path: `node:${path}`, external: true } : null));
  },
};

/** A host without files has its plans along. */
const workerEntry = (plans: string): string => `
import plans from ${JSON.stringify(plans)};
import { workerOf } from './src/worker.ts';
const { FirstHop, handler } = workerOf(plans);
export { FirstHop, handler as default };
`;

/** Faster drivers that are used where they are installed; here they are not. */
const absent = ['pg-native', 'bufferutil', 'utf-8-validate'];

const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'linked',
  logLevel: 'warning',
} satisfies BuildOptions;

async function bundle(outdir: string, plans: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: {
      main: join(here, 'src/main.ts'),
      deno: join(here, 'src/deno.ts'),
      backup: join(here, 'src/backup.ts'),
      ...Object.fromEntries(threads.map((name) => [name, join(quota, `${name}.ts`)])),
      'twohop.config': plans,
    },
    outdir,
    target: 'node24',
    banner: { js: banner },
    external: absent,
    plugins: [workers],
  });
  await build({
    ...common,
    stdin: { contents: workerEntry(plans), resolveDir: here },
    outfile: join(outdir, 'workerd/worker.js'),
    target: 'es2024',
    // pg has sockets of its own for it.
    conditions: ['workerd'],
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire('file:///');" },
    external: ['cloudflare:*', ...absent],
    plugins: [wholeNames],
  });
  await writeFile(join(outdir, 'package.json'), '{ "type": "module" }\n');
}

/** By its own build, which knows what a page is made of. */
async function buildConsole(outDir: string): Promise<void> {
  const cwd = join(here, '../console');
  const vite = join(cwd, 'node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'warn', '--emptyOutDir', '--outDir', outDir], {
    cwd,
  });
}

const { values } = parseArgs({
  allowNegative: true,
  options: {
    outdir: { type: 'string', default: join(here, 'dist') },
    console: { type: 'boolean', default: true },
    plans: { type: 'string', default: join(here, '../../twohop.config.ts') },
  },
});
await bundle(values.outdir, values.plans);
if (values.console) await buildConsole(resolve(values.outdir, 'console'));
