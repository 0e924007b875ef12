import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { productionServer, SECRET, soundClaims } from '../attack/production-server.ts';
import { typeErrors } from '../check-types.ts';
import { googleKeys, type GoogleKeys } from '../google-keys.ts';
import { urlOf } from '../parts.ts';
import { freePort } from '../ports.ts';
import { createSupervisor, type Supervisor } from '../processes.ts';
import { python, root } from '../root.ts';
import { copyWorkspace, type WorkspaceCopy } from '../workspace-copy.ts';
import { adopt, type Adoption } from './adopt.ts';
import { readDocument } from './document.ts';

/** Somebody else's FastAPI app: pictures in, colours out. */
const theirs = join(root, 'ml-service', 'tests');
const ROUTER = 'packages/api/src/routers/label-picture.ts';

let copy: WorkspaceCopy;
let folder: string;
let adoption: Adoption;
let google: GoogleKeys;
let supervisor: Supervisor;
let serverUrl: string;
let modelUrl: string;

beforeAll(async () => {
  [copy, folder] = await Promise.all([copyWorkspace(root), mkdtemp(join(tmpdir(), 'twohop-adopt-'))]);
  const file = join(folder, 'openapi.json');
  await writeFile(file, await openapiOfTheirs());
  adoption = await adopt(copy.folder, await readDocument(file), ['packages/ml-client', 'packages/api']);
  supervisor = createSupervisor({ scratch: folder });
  google = await googleKeys();
  const [model, server] = [await freePort(), await freePort()];
  [modelUrl, serverUrl] = [urlOf(model), urlOf(server)];
  const env = { ...google.env, ML_URL: modelUrl, LEDGER_URL: `sqlite:${join(folder, 'ledger.db')}` };
  await Promise.all([
    supervisor.start({
      name: 'their app, protected',
      command: python(),
      args: ['-m', 'uvicorn', 'labels_app:app', '--port', String(model), '--log-level', 'warning'],
      cwd: theirs,
      env: { TWOHOP_ENV: 'development', ML_KEY: SECRET },
      ready: { url: `${modelUrl}/readyz` },
    }),
    supervisor.start(await productionServer(server, env, copy.folder)),
  ]);
});

afterAll(async () => {
  await supervisor?.stop();
  await google?.close();
  await Promise.all([copy?.remove(), rm(folder, { recursive: true, force: true })]);
});

/** As it was before anybody thought of protecting it. */
async function openapiOfTheirs(): Promise<string> {
  const program = 'import json, labels_app; print(json.dumps(labels_app.app.openapi()))';
  const { stdout } = await execa(python(), ['-c', program], { cwd: theirs, env: { ML_KEY: undefined } });
  return stdout;
}

interface Told {
  readonly result?: {
    readonly data: { readonly model: string; readonly result: unknown; readonly receipt: Record<string, unknown> };
  };
  readonly error?: { readonly data: { readonly twohop: { readonly code: string; readonly field?: string } } };
}

/** As a client does it: what has no time at the moment is asked again, for a while. */
async function label(input: object): Promise<Told> {
  const headers = { authorization: `Bearer ${await google.token(soundClaims())}`, 'content-type': 'application/json' };
  const endsMs = performance.now() + 30_000;
  for (;;) {
    const reply = await fetch(`${serverUrl}/trpc/labelPicture.run`, { method: 'POST', headers, body: JSON.stringify(input) });
    const told = (await reply.json()) as Told;
    if (reply.status !== 503 || performance.now() > endsMs) return told;
    await setTimeout(Number(reply.headers.get('retry-after') ?? 1) * 1_000);
  }
}

const RED = Buffer.from([200, 0, 50]).toString('base64');

test('a POST becomes a procedure; an upload and a GET are refused with a reason', () => {
  expect(adoption.procedures).toEqual([{ name: 'labelPicture.run', file: ROUTER, kept: false }]);
  expect(adoption.refused.map(({ operation }) => operation)).toEqual(['POST /pictures/upload', 'GET /palettes/{name}']);
  expect(adoption.refused[0]?.why).toContain('base64');
});

test('the type check names what no longer fits, and nothing of what was scaffolded', async () => {
  for (const file of ['routers/highlights.ts', 'routers/search.ts', 'routers/embeddings.ts', 'testing/caller.ts'])
    expect(
      adoption.errors.some((line) => line.startsWith(`packages/api/src/${file}(`)),
      file,
    ).toBe(true);
  expect(adoption.errors.filter((line) => line.startsWith(ROUTER))).toEqual([]);
});

test('the scaffolded procedure answers from the real app, with a receipt', async () => {
  const { result } = await label({ picture: { kind: 'base64', data: RED }, only: null });
  expect(result?.data).toMatchObject({
    model: 'Colour labels@2.1',
    result: {
      labels: [{ colour: 'red', share: 0.8, note: null }, { colour: 'green' }, { colour: 'blue' }],
      pixels: 1,
      source: 'base64',
    },
    receipt: { computeUs: expect.any(Number), cached: false },
  });
  expect(result?.data.receipt['computeUs']).toBeGreaterThan(0);
  const pixels = await label({ picture: { kind: 'pixels', pixels: [0, 0, 9] }, only: 'blue', at_least: 0.5 });
  expect(pixels.result?.data.result).toEqual({
    labels: [{ colour: 'blue', share: 1, note: 'nothing else' }],
    pixels: 1,
    source: 3,
  });
});

test.each([
  [{ picture: { kind: 'base64', data: RED }, only: 'yellow' }, 'only'],
  [{ picture: { kind: 'film' } }, 'picture.kind'],
  [{ picture: { kind: 'base64', data: '####' } }, 'body'],
])('what the first hop or the app refuses names its field', async (input, field) => {
  expect((await label(input)).error?.data.twohop).toMatchObject({ code: 'input.invalid', field });
});

test('adopted again, from its address: the same contract, and what is there is kept', async () => {
  const index = join(copy.folder, 'packages/api/src/index.ts');
  const before = await readFile(index, 'utf8');
  const again = await adopt(copy.folder, await readDocument(`${modelUrl}/openapi.json`), []);
  expect(again.procedures).toEqual([{ name: 'labelPicture.run', file: ROUTER, kept: true }]);
  expect(await readFile(index, 'utf8')).toBe(before);
});

test('without the procedures of the model that went, the sources of the api fit again', async () => {
  const index = join(copy.folder, 'packages/api/src/index.ts');
  const text = await readFile(index, 'utf8');
  const gone = ['embeddings', 'highlights', 'search'];
  await Promise.all(gone.map((name) => rm(join(copy.folder, `packages/api/src/routers/${name}.ts`))));
  const kept = gone.reduce(
    (each, name) => each.replace(new RegExp(`import .* './routers/${name}.ts';\n`), '').replace(`, ${name}`, ''),
    text,
  );
  await writeFile(index, kept);
  const errors = await typeErrors(copy.folder, ['packages/api']);
  expect(errors.filter((line) => !/\.test\.ts\(|\/testing\//.test(line))).toEqual([]);
});
