import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../root.ts';
import { versionsOf } from './steps.mjs';

let folder: string;
let house: string;
let tools: string;

/** A house with nothing but what the bootstrap reads, and a PATH with nothing but what a test puts there. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twohop boot '));
  house = join(folder, 'a house');
  tools = join(folder, 'tools');
  await mkdir(tools);
  for (const file of ['package.json', 'pnpm-workspace.yaml', '.node-version', 'tooling/bootstrap.mjs'])
    await cp(join(root, file), join(house, file));
  await cp(join(root, 'tooling', 'src', 'bootstrap'), join(house, 'tooling', 'src', 'bootstrap'), { recursive: true });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const tool = async (name: string, script: string): Promise<void> => {
  await writeFile(join(tools, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(tools, name), 0o755);
};

/** pnpm that is there and never ends installing, so that only the Python side can end the set-up. */
const pnpm = () => tool('pnpm', `[ "$1" = --version ] && echo ${versionsOf(root).pnpm} && exit 0\nexec /bin/sleep 60`);

const bootstrap = (...args: string[]) => {
  const env = { PATH: tools, HOME: tools, NO_COLOR: '1' };
  return execa(process.execPath, [join(house, 'tooling', 'bootstrap.mjs'), ...args], { env, extendEnv: false, reject: false });
};

test('without Python: one sentence says what is missing and how to get it, and --json has it too', async () => {
  await pnpm();
  const { exitCode, stdout, stderr } = await bootstrap('setup', '--json');
  const sentence =
    'Python 3.11 or later is missing, and the model runs in it: install it (Debian and Ubuntu: `apt install python3 python3-pip`; others: https://www.python.org/downloads), then run the same command again.';
  expect(exitCode).toBe(1);
  expect(stderr.split('\n').at(-1)).toBe(`✗ ${sentence}`);
  expect(JSON.parse(stdout)).toEqual({ ok: false, error: sentence });
});

test('an old Python is named', async () => {
  await pnpm();
  await tool('python3', 'echo 3 9 2; echo /usr/bin/python3.9');
  const { stderr } = await bootstrap('setup');
  expect(stderr).toMatch(/✗ Python 3\.11 or later is missing \(this machine has 3\.9\.2\), and the model runs in it: install it/);
});

test('Python without pip: said with the remedy', async () => {
  await pnpm();
  await tool('python3', `[ "$2" = pip ] && exit 1\necho 3 12 1; echo ${join(tools, 'python3').replaceAll(' ', '\\ ')}`);
  const { stderr } = await bootstrap('setup');
  expect(stderr).toMatch(
    /✗ .*python3 has no pip, and uv 0\.13\.9 comes from it: install it \(Debian and Ubuntu: `apt install python3-pip`\)/,
  );
});

test('without npm: said, with where it comes from', async () => {
  await tool('uv', `echo uv ${versionsOf(root).uv}\n[ "$1" = --version ] || exec /bin/sleep 60`);
  await tool('python3', 'echo 3 12 1; echo /usr/bin/python3');
  await mkdir(join(house, 'ml-service'));
  const { exitCode, stderr } = await bootstrap('setup');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/✗ npm is missing, and pnpm \S+ comes from it: install Node with npm from https:\/\/nodejs\.org/);
});

test('no network: the source is named', async () => {
  await pnpm();
  await tool(
    'python3',
    `[ "$2" = pip ] || { echo 3 12 1; echo "${join(tools, 'python3')}"; exit 0; }
[ "$3" = --version ] || { echo 'Temporary failure in name resolution' >&2; exit 1; }`,
  );
  const { stderr } = await bootstrap('setup');
  expect(stderr).toMatch(/✗ Cannot fetch uv 0\.13\.9 from the Python package index: check the network or the proxy/);
});

test('a folder that cannot be written is named', async () => {
  await writeFile(join(house, '.toolchain'), 'a file in its place');
  const { exitCode, stderr } = await bootstrap('setup');
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    `✗ ${join(house, '.toolchain')} cannot be written (EEXIST): the set-up keeps its tools there, so make that folder writable.`,
  );
});

test('an unknown command fetches nothing', async () => {
  const { exitCode, stderr } = await bootstrap('strat');
  expect(exitCode).toBe(1);
  expect(stderr).toBe('✗ There is no command "strat": package.json lists them under "scripts".');
  expect(await readdir(house)).not.toContain('.toolchain');
});

test("the machine's own Node 24 and exact pnpm are used, not fetched", async () => {
  await pnpm();
  await symlink(process.execPath, join(tools, 'node'));
  await bootstrap('setup');
  expect(await readdir(join(house, '.toolchain', 'bin'))).toEqual(['node', 'pnpm']);
  expect(await readdir(join(house, '.toolchain'))).not.toContain(`pnpm-${versionsOf(root).pnpm}`);
});
