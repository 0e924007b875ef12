/**
 * `pnpm --filter @twohop/server run build`: the server as a folder that runs alone, `node dist/main.js`, without node_modules and
 * without this repository. Plans and prices are bundled along from twohop.config.ts, and the console lies beside it.
 */
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';

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

async function bundle(outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: {
      main: join(here, 'src/main.ts'),
      backup: join(here, 'src/backup.ts'),
      ...Object.fromEntries(threads.map((name) => [name, join(quota, `${name}.ts`)])),
      'twohop.config': join(here, '../../twohop.config.ts'),
    },
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: banner },
    // Faster drivers that are used where they are installed; here they are not.
    external: ['pg-native', 'bufferutil', 'utf-8-validate'],
    plugins: [workers],
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'linked',
    logLevel: 'warning',
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

const { values } = parseArgs({ options: { outdir: { type: 'string', default: join(here, 'dist') } } });
await bundle(values.outdir);
await buildConsole(resolve(values.outdir, 'console'));
