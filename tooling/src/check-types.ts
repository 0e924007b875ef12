import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { GuardResult } from './check-guards.ts';
import { inTurn } from './in-turn.ts';
import { toolEnv } from './tool-env.ts';
import { packageFolders, workspaceFiles } from './workspace-files.ts';

/** How many compilers run at a time; each uses several threads by itself. */
const compilers = 2;

/** Sources that are checked by the tool that reads them, and generated text. */
const exempt = [/\/build\//];

/**
 * Runs tsc over every package. Fails also for a package without a tsconfig and for a TypeScript file that no program
 * includes: both would be unchecked without anybody noticing.
 */
export async function checkTypes(folder: string): Promise<GuardResult> {
  const files = await workspaceFiles(folder);
  const sources = files.filter((file) => /\.(ts|tsx|mts)$/.test(file) && !exempt.some((pattern) => pattern.test(file)));
  const packages = packageFolders(files).filter((path) => sources.some((file) => path === '.' || file.startsWith(`${path}/`)));
  const bare = packages.filter((path) => !existsSync(join(folder, path, 'tsconfig.json')));
  const results = await inTurn(
    packages.filter((path) => !bare.includes(path)).map((path) => () => compile(folder, path)),
    compilers,
  );
  const covered = new Set(results.flatMap(({ included }) => included));
  const uncovered = sources.filter((file) => !covered.has(file));
  const problems = [
    ...new Set(results.flatMap(({ errors }) => errors)),
    ...bare.map((path) => `${path}: has no tsconfig.json, so nothing checks its types`),
    ...uncovered.map((file) => `${file}: no tsconfig.json includes it, so nothing checks its types`),
  ];
  const seen = `${covered.size} files in ${results.length} packages`;
  return { ok: problems.length === 0 && covered.size > 0, seen, output: problems.join('\n') };
}

/** What tsc says of some packages: one line an error, each once. */
export async function typeErrors(folder: string, packages: readonly string[]): Promise<string[]> {
  const results = await inTurn(
    packages.map((path) => () => compile(folder, path)),
    compilers,
  );
  return [...new Set(results.flatMap(({ errors }) => errors.filter((line) => !line.startsWith(' '))))];
}

interface Compiled {
  readonly included: readonly string[];
  readonly errors: readonly string[];
}

async function compile(folder: string, path: string): Promise<Compiled> {
  const args = ['--noEmit', '--pretty', 'false', '--listFiles', '-p', path];
  const { all, failed } = await execa('tsc', args, { cwd: folder, env: toolEnv(folder), all: true, reject: false });
  const lines = all.split('\n').filter((line) => line !== '');
  const isFile = (line: string) => line.startsWith('/');
  const ofOurs = lines.filter((line) => isFile(line) && line.startsWith(`${folder}/`) && !line.includes('/node_modules/'));
  const errors = failed ? lines.filter((line) => !isFile(line)) : [];
  return {
    included: ofOurs.map((line) => line.slice(folder.length + 1)),
    errors: failed && errors.length === 0 ? [`${path}: tsc failed without a word`] : errors,
  };
}
