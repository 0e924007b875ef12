import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

/** What a program said, and how it ended. */
export interface Said {
  readonly code: number;
  readonly out: string;
}

export interface Ran {
  readonly cwd: string;
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
}

export async function runProgram(command: string, { cwd, args = [], env = {} }: Ran): Promise<Said> {
  // pnpm stands beside the Node that runs this.
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, env: { ...process.env, PATH, ...env } });
    return { code: 0, out: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, out: `${stdout}${stderr}` };
  }
}

/** What the examples need beside the SDK, from the folder whose package.json asks for it. */
const installed = {
  'packages/sdk': ['@trpc/client', '@trpc/server'],
  'examples/node': ['@types/node'],
  'examples/web': ['@tanstack/react-query', '@types/react', '@types/react-dom', 'firebase', 'react', 'react-dom', 'vite'],
};

export interface Stranger {
  /** Holds the examples as anybody would have them. */
  readonly folder: string;
  /** What publint and attw said of the package. */
  readonly checked: string;
  close(): Promise<void>;
}

/** A folder outside this workspace: the examples, and the SDK as it would be published. */
export async function strangersFolder(): Promise<Stranger> {
  const sdk = join(root, 'packages/sdk');
  const built = await runProgram(join(sdk, 'node_modules/.bin/tsdown'), { cwd: sdk, env: { NO_COLOR: '1' } });
  if (built.code !== 0) throw new Error(built.out);
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'twohop-stranger-'));
  await Promise.all([unpack(sdk, folder), copyExamples(folder), linkInstalled(folder)]);
  return { folder, checked: built.out, close: () => rm(folder, { recursive: true, force: true }) };
}

async function unpack(sdk: string, folder: string): Promise<void> {
  const place = join(folder, 'node_modules/@twohop/sdk');
  await mkdir(place, { recursive: true });
  const packed = await runProgram('pnpm', { cwd: sdk, args: ['pack', '--pack-destination', folder, '--json'] });
  if (packed.code !== 0) throw new Error(packed.out);
  const { filename } = JSON.parse(packed.out) as { filename: string };
  await promisify(execFile)('tar', ['-xzf', join(folder, basename(filename)), '-C', place, '--strip-components=1']);
}

async function copyExamples(folder: string): Promise<void> {
  const filter = (path: string): boolean => !/\/(node_modules|dist)$/.test(path);
  await cp(join(root, 'examples'), join(folder, 'examples'), { recursive: true, filter });
  await cp(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  for (const name of ['node', 'web']) {
    const manifest = join(folder, 'examples', name, 'package.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replaceAll(/"(workspace:\*|catalog:)"/g, '"*"'));
  }
}

async function linkInstalled(folder: string): Promise<void> {
  for (const [from, names] of Object.entries(installed))
    for (const name of names) {
      const link = join(folder, 'node_modules', name);
      await mkdir(dirname(link), { recursive: true });
      await symlink(await realpath(join(root, from, 'node_modules', name)), link);
    }
}
