import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { OutputFile } from 'esbuild';
import type { AppSettings } from './app/core/settings.ts';
import { root } from './bundle.ts';
import { localized, manifestFor, type Target } from './manifest.ts';

export interface ShellOptions {
  readonly target: Target;
  /** Names the result: `build/<target>-<tag>`. */
  readonly tag: string;
  readonly settings: AppSettings;
  /** esbuild's files; each becomes `dist/<name>`, which the entries in `src/` import. */
  readonly bundle: readonly OutputFile[];
  readonly development: boolean;
}

interface PackageJson {
  readonly name: string;
  readonly displayName: string;
  readonly version: string;
  readonly description: string;
}

/**
 * Lets Plasmo wrap the bundle into an extension and returns its folder. Plasmo works in a folder of its own, each time a
 * new one: it edits package.json and tsconfig.json as it likes, and two builds that share its cache break each other.
 */
export const wrap = async (options: ShellOptions): Promise<string> => {
  const name = `${options.target}-${options.tag}`;
  await mkdir(join(root, '.plasmo'), { recursive: true });
  const stage = await mkdtemp(join(root, '.plasmo', `${name}-`));
  try {
    await prepare(stage, options);
    await plasmo(stage, options);
    await finish(join(stage, 'build', name), options.bundle);
    const folder = join(root, 'build', name);
    await mkdir(join(root, 'build'), { recursive: true });
    // One rename, so that a browser which watches the folder never sees half an extension for longer than this.
    await rm(folder, { recursive: true, force: true });
    await rename(join(stage, 'build', name), folder);
    return folder;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
};

/** Views whose page is ours: Plasmo wants it under the name of each. */
const views = ['options', 'popup', 'sidepanel'];

const prepare = async (stage: string, { target, settings, bundle }: ShellOptions): Promise<void> => {
  const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageJson;
  const { name, displayName, version, description } = own;
  const shell = { name, displayName, version, description, private: true, manifest: manifestFor(target, settings) };
  await mkdir(join(stage, 'dist'), { recursive: true });
  await Promise.all([
    cp(join(root, 'src'), join(stage, 'src'), { recursive: true }),
    cp(join(root, 'assets'), join(stage, 'assets'), { recursive: true }),
    writeFile(join(stage, 'package.json'), JSON.stringify(shell)),
    writeFile(join(stage, 'tsconfig.json'), '{}'),
    ...bundle.map((file) => writeFile(join(stage, 'dist', basename(file.path)), file.contents)),
  ]);
  await Promise.all(views.map((view) => cp(join(root, 'view.html'), join(stage, 'src', `${view}.html`))));
};

/** Scripts that are injected by a click stand in no manifest, so Plasmo has no place for them. They are finished as they are. */
const injected = ['page.js'];

/** What Plasmo has no place for, or would look for elsewhere. */
const finish = async (folder: string, bundle: readonly OutputFile[]): Promise<void> => {
  await addInjected(folder, bundle);
  await cp(join(root, '_locales'), join(folder, '_locales'), { recursive: true });
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...manifest, ...localized }));
};

const addInjected = async (folder: string, bundle: readonly OutputFile[]): Promise<void> => {
  for (const name of injected) {
    const file = bundle.find(({ path }) => basename(path) === name);
    if (!file) throw new Error(`The bundle has no ${name}.`);
    await writeFile(join(folder, name), file.contents);
  }
};

const plasmo = async (stage: string, { target, tag, development }: ShellOptions): Promise<void> => {
  const args = ['build', `--target=${target}`, `--tag=${tag}`, '--hoist', ...(development ? ['--no-minify'] : [])];
  try {
    await promisify(execFile)(join(root, 'node_modules/.bin/plasmo'), args, { cwd: stage });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`plasmo ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
  if ((await readdir(join(stage, 'build', `${target}-${tag}`))).length === 0)
    throw new Error(`Plasmo built nothing for ${target}.`);
};
