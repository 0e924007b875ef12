import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { portSettings, type Ports } from '../../parts.ts';
import { freePort, portHolder } from '../../ports.ts';
import { root } from '../../root.ts';
import { copyWorkspace, type WorkspaceCopy } from '../../workspace-copy.ts';

let copy: WorkspaceCopy;
let ports: number[];
/** Carried by every process of this run in its environment: finds what is left of it. */
let mark: string;
let dev: ReturnType<typeof startDev>;

const startDev = (env: Record<string, string>) => {
  const settings = { ...env, NO_COLOR: '1', PYTHONPATH: join(copy.folder, 'ml-service', 'src'), TWOHOP_DEV_TEST: mark };
  return execa(process.execPath, ['tooling/src/dev.ts'], {
    cwd: copy.folder,
    env: settings,
    all: true,
    reject: false,
    detached: true,
    stdin: 'ignore',
  });
};

const portEnv = async (): Promise<Record<string, string>> => {
  const settings = Object.values(portSettings satisfies Record<keyof Ports, string>);
  ports = await Promise.all(settings.map(freePort));
  return Object.fromEntries(settings.map((setting, index) => [setting, String(ports[index])]));
};

beforeEach(async () => {
  mark = randomUUID();
  copy = await copyWorkspace(root);
  await symlink(join(root, 'ml-service', '.venv'), join(copy.folder, 'ml-service', '.venv'));
});

afterEach(async () => {
  dev.kill('SIGKILL');
  await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 20_000, interval: 100 });
  await copy.remove();
});

/** The commands of the processes that carry the mark. */
const left = async (): Promise<string[]> => {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const commands = pids.map(async (pid) => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    return environment.includes(mark) ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : '';
  });
  return (await Promise.all(commands)).filter(Boolean);
};

const said = () => {
  let output = '';
  dev.all.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return async (pattern: RegExp, withinMs: number): Promise<number> => {
    const beganMs = performance.now();
    await vi.waitFor(() => expect(output).toMatch(pattern), { timeout: withinMs, interval: 25 });
    return performance.now() - beganMs;
  };
};

test('a renamed field of the model is a type error, and Ctrl-C leaves no process and no port', { timeout: 180_000 }, async () => {
  dev = startDev(await portEnv());
  const until = said();
  await until(/Everything serves/, 100_000);
  await until(/✓ types fit in/, 30_000);

  const schemas = join(copy.folder, 'ml-service', 'src', 'ml_service', 'schemas.py');
  const before = await readFile(schemas, 'utf8');
  const after = before.replace('highlights: list[Mark]', 'key_sentences: list[Mark]');
  expect(after).not.toBe(before);
  await writeFile(schemas, after);
  await until(/packages\/api\/src\/\S+ error TS\d+:.*HighlightsReply/, 45_000);
  await writeFile(schemas, before);
  await until(/✗ \d+ type errors?, met by [^]*✓ types fit in/, 60_000);

  process.kill(-(dev.pid ?? 0), 'SIGINT');
  expect((await dev).exitCode).toBe(130);
  expect(await left()).toEqual([]);
  expect(await Promise.all(ports.map(portHolder))).toEqual(ports.map(() => undefined));
});

test('a port in use is named, with who holds it, before anything starts', async () => {
  const env = await portEnv();
  await using held = createServer().listen(Number(env['ML_PORT']), '127.0.0.1');
  await once(held, 'listening');
  dev = startDev(env);
  const { exitCode, all } = await dev;
  expect(exitCode).toBe(1);
  expect(all).toMatch(
    new RegExp(`^✗ Port ${env['ML_PORT']} \\(ml-service\\) is held by process ${process.pid} \\(.+\\): stop it`),
  );
  expect(await left()).toEqual([]);
});
