import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buildExtension } from './build.ts';
import { root } from './bundle.ts';
import { targets, type Target } from './manifest.ts';
import { readSettings } from './settings.ts';
import { sizeLine, sizesOf } from './sizes.ts';
import { readExtension } from './store/extension.ts';
import { lintForMozilla } from './store/mozilla.ts';
import { lint } from './store/rules.ts';
import { zip } from './store/zip.ts';

/** Writes `build/twohop-<version>-<target>.zip` and returns what a store would reject it for. */
const pack = async (folder: string, target: Target): Promise<string[]> => {
  const extension = await readExtension(folder, target);
  const path = join(root, 'build', `twohop-${extension.manifest.version}-${target}.zip`);
  await mkdir(join(root, 'build'), { recursive: true });
  await writeFile(path, zip(extension));
  console.log(sizeLine(folder, await sizesOf(folder)));
  console.log(relative(process.cwd(), path));
  const findings = [...lint(extension), ...(target === 'firefox-mv3' ? await lintForMozilla(path) : [])];
  return findings.map((finding) => `${target}: ${finding}`);
};

/** `npm run ext:package`: builds for both stores, lints as they do, and zips. Exits 1 with every finding. */
const main = async (): Promise<void> => {
  const folders = await buildExtension({ settings: readSettings(process.env), targets, tag: 'store' });
  const findings: string[] = [];
  for (const [index, target] of targets.entries()) findings.push(...(await pack(folders[index] ?? '', target)));
  if (findings.length > 0) throw new Error(`Stores would reject this:\n${findings.join('\n')}`);
};

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
