import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildResult, context, formatMessages, type Plugin } from 'esbuild';
import { type BundleOptions, bundleOptions } from './bundle.ts';
import { readSettings } from './settings.ts';
import { wrap } from './shell.ts';

const target = 'chrome-mv3';

/**
 * Wraps each new bundle into `build/chrome-mv3-dev`. The bundle carries its own id, and the folder names the newest: an
 * extension that finds another id than its own reloads itself (app/platform/reload.ts). No port, no server, one path for
 * development and release. esbuild waits for `onEnd`, so builds never overlap.
 */
const wrapping = (options: BundleOptions): Plugin => ({
  name: 'wrap',
  setup: ({ onEnd }) =>
    onEnd(async (result: BuildResult<{ write: false }>) => {
      for (const text of await formatMessages(result.errors, { kind: 'error', color: true })) console.error(text);
      if (result.errors.length > 0) return;
      const beganMs = performance.now();
      const id = createHash('sha256');
      for (const file of result.outputFiles) id.update(file.contents);
      const buildId = id.digest('hex').slice(0, 16);
      const bundle = result.outputFiles.map((file) => ({ ...file, contents: stamp(file.path, file.contents, buildId) }));
      try {
        const folder = await wrap({ ...options, target, tag: 'dev', bundle });
        await writeFile(join(folder, 'build-id'), buildId);
        console.log(`${folder} is new after ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
      } catch (error) {
        console.error(error);
      }
    }),
});

const stamp = (path: string, contents: Uint8Array, buildId: string): Uint8Array =>
  path.endsWith('.js') ? Buffer.concat([Buffer.from(`globalThis.twohopBuildId = '${buildId}';\n`), contents]) : contents;

const options = { settings: readSettings({ TWOHOP_ENV: 'development', ...process.env }), development: true };
const watcher = await context({ ...bundleOptions(options), plugins: [wrapping(options)] });
await watcher.watch();
console.log(`Load ${join('apps/extension/build', `${target}-dev`)} as an unpacked extension; it reloads after each change`);
