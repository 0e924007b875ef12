import { parseArgs } from 'node:util';
import { build, type OutputFile } from 'esbuild';
import type { AppSettings } from './app/core/settings.ts';
import { bundleOptions } from './bundle.ts';
import { type Target, targets } from './manifest.ts';
import { readSettings, SettingError } from './settings.ts';
import { wrap } from './shell.ts';
import { sizeLine, sizesOf } from './sizes.ts';

export interface BuildRequest {
  readonly settings: AppSettings;
  readonly targets: readonly Target[];
  readonly tag: string;
}

/** Bundles once and wraps the bundle for each browser. Returns the folders, in the order of the targets. */
export const buildExtension = async ({ settings, targets, tag }: BuildRequest): Promise<string[]> => {
  const { outputFiles } = await build(bundleOptions({ settings, development: false }));
  const wrapFor = (target: Target, bundle: readonly OutputFile[]) => wrap({ target, tag, settings, bundle, development: false });
  return Promise.all(targets.map((target) => wrapFor(target, outputFiles)));
};

const isTarget = (name: string): name is Target => (targets as readonly string[]).includes(name);

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { target: { type: 'string', multiple: true, default: [...targets] }, tag: { type: 'string', default: 'prod' } },
  });
  const wanted = values.target.filter(isTarget);
  if (wanted.length < values.target.length) throw new SettingError(`--target: must be ${targets.join(' or ')}`);
  if (!/^[a-z0-9-]+$/.test(values.tag)) throw new SettingError('--tag: must have small letters, digits and - only');
  const settings = readSettings(process.env);
  for (const folder of await buildExtension({ settings, targets: wanted, tag: values.tag }))
    console.log(sizeLine(folder, await sizesOf(folder)));
};

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
