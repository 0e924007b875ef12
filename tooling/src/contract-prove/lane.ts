import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { toolEnv } from '../tool-env.ts';
import { copyWorkspace } from '../workspace-copy.ts';
import type { Mutation } from './mutation.ts';

/** What a type check says of the contract's users: where it failed first, or null when it is green. */
export type Finding = { readonly user: string; readonly error: string } | null;

/** A copy of the workspace in which one mutation after another is tried. */
export interface Lane {
  readonly folder: string;
  /** What the type check says of the copy as it stands; anything but null makes a proof worthless. */
  baseline(hop: 1 | 2): Promise<string | null>;
  attempt(mutation: Mutation): Promise<Finding>;
  close(): Promise<void>;
}

interface Users {
  /** Packages whose own sources must notice. */
  readonly packages: readonly string[];
  /** Programs that together hold those sources; the first red one decides. */
  readonly programs: readonly string[];
}

const users: Record<1 | 2, Users> = {
  1: { packages: ['packages/sdk', 'apps/extension', 'tooling'], programs: ['packages/sdk', 'apps/extension', 'tooling'] },
  2: { packages: ['packages/ml-client', 'packages/api', 'apps/server'], programs: ['packages/api', 'apps/server'] },
};

const generatedFolder = 'packages/ml-client/src/generated';

export async function openLane(root: string): Promise<Lane> {
  const { folder, remove } = await copyWorkspace(root);
  const generate = await generatorOf(folder);
  return {
    folder,
    baseline: (hop) => redLine(folder, users[hop].programs),
    attempt: async ({ hop, file, text }) => {
      const path = join(folder, file);
      const present = await readFile(path, 'utf8');
      try {
        await writeFile(path, text);
        if (hop === 2) await generate();
        return await check(folder, users[hop]);
      } finally {
        await writeFile(path, present);
        if (hop === 2) await generate();
      }
    },
    close: remove,
  };
}

/** The copy's own generator. One run at a time in this process: it keeps its settings in module state. */
let generating: Promise<void> = Promise.resolve();

async function generatorOf(folder: string): Promise<() => Promise<void>> {
  const path = pathToFileURL(join(folder, 'packages/ml-client/generate.ts')).href;
  const { generate } = (await import(path)) as { generate(folder: string): Promise<void> };
  return () => {
    const run = generating.then(async () => {
      await rm(join(folder, generatedFolder), { recursive: true, force: true });
      await mkdir(join(folder, generatedFolder), { recursive: true });
      await generate(join(folder, generatedFolder));
    });
    generating = run.catch(() => undefined);
    return run;
  };
}

const isTest = /\.test(-d)?\.tsx?\(|\/testing\//;

/** The lines of the type check, none when it is green. */
async function compile(folder: string, program: string): Promise<string[]> {
  const args = ['--noEmit', '--pretty', 'false', '-p', program];
  const { all, failed } = await execa('tsc', args, { cwd: folder, env: toolEnv(folder), all: true, reject: false });
  // A compiler that breaks down says nothing about the contract: it must not count as one that found nothing.
  if (failed && !/error TS\d+/.test(all)) throw new Error(`tsc broke down over ${program}: ${all}`);
  return all.split('\n').filter((line) => line !== '');
}

/** Any line is too much: also "no inputs were found", which would let every mutation survive or none be tried. */
async function redLine(folder: string, programs: readonly string[]): Promise<string | null> {
  for (const program of programs) {
    const [line] = await compile(folder, program);
    if (line !== undefined) return `${program}: ${line}`;
  }
  return null;
}

/** Only errors in the users' own sources count: the contract's own package, its tests and generated code prove nothing. */
async function check(folder: string, { packages, programs }: Users): Promise<Finding> {
  for (const program of programs) {
    for (const line of await compile(folder, program)) {
      const user = packages.find((name) => line.startsWith(`${name}/`));
      if (user && !isTest.test(line) && !line.startsWith(generatedFolder)) return { user, error: line };
    }
  }
  return null;
}
