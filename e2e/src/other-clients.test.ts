import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@twohop/tooling/ports';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPath } from './extension-browser.ts';
import { paragraphs } from './prose.ts';
import { type Stack, startStack } from './stack.ts';
import { runProgram, type Stranger, strangersFolder } from './stranger.ts';

const root = join(import.meta.dirname, '../..');
const venv = join(root, 'ml-service/.venv/bin');
const user = { email: 'reader@example.com', password: 'correct horse' };

const prose = paragraphs(12).join(' ');

let stack: Stack;
let stranger: Stranger;
let webPort: number;
let session: Awaited<ReturnType<Stack['signUp']>>;
let page: string;

beforeAll(async () => {
  webPort = await freePort();
  stack = await startStack({ env: { ALLOWED_ORIGINS: `http://127.0.0.1:${webPort}` } });
  stranger = await strangersFolder();
  session = await stack.signUp(user);
  page = join(stranger.folder, 'page.txt');
  await writeFile(page, prose);
});
afterAll(async () => {
  await stack?.stop();
  await stranger?.close();
});

const settings = (token = session.idToken) => ({ TWOHOP_URL: stack.urls.server, TWOHOP_TOKEN: token });

describe('the published SDK', () => {
  it('is a sound package', () => {
    expect(stranger.checked).toContain('[publint] No issues found');
    expect(stranger.checked).toContain('[attw] No problems found');
  });

  it('has types of its own: the examples compile where this workspace is not', async () => {
    for (const name of ['node', 'web']) {
      const checked = await runProgram(join(root, 'node_modules/.bin/tsc'), {
        cwd: stranger.folder,
        args: ['--noEmit', '--listFiles', '-p', `examples/${name}`],
      });
      expect(checked.code, checked.out).toBe(0);
      expect(checked.out).toContain(join(stranger.folder, 'node_modules/@twohop/sdk/dist/index.d.ts'));
      expect(checked.out).not.toContain(join(root, 'packages'));
    }
  });
});

const runtimes: [string, () => { command: string; args: string[] }][] = [
  ['Node', () => ({ command: process.execPath, args: ['highlight.ts'] })],
  [
    'Deno',
    () => ({
      command: join(root, 'examples/node/node_modules/.bin/deno'),
      args: ['run', '--node-modules-dir=manual', '--allow-env', '--allow-net', '--allow-read', 'highlight.ts'],
    }),
  ],
];

describe.each(runtimes)('the script on %s', (_name, runtime) => {
  const run = (env: Record<string, string>) => {
    const { command, args } = runtime();
    return runProgram(command, { cwd: join(stranger.folder, 'examples/node'), args: [...args, page], env });
  };

  it('streams the sentences and the receipt', async () => {
    const { code, out } = await run(settings());
    expect(code, out).toBe(0);
    expect(out).toMatch(/^run [0-9a-f-]{36}: \d+ part/m);
    expect(out.match(/^-?\d\.\d\d {2}\S/gm)).toHaveLength(3);
    expect(out).toMatch(/used \d+ µs .* are left today/);
  });

  it('is told the code of a refusal', async () => {
    const { code, out } = await run(settings('none.of.ours'));
    expect(code).toBe(1);
    expect(out).toContain('auth.invalid: ');
  });
});

describe('the client in Python', () => {
  it("is made of the first hop's contract, and is answered and refused by it", async () => {
    const cwd = join(stranger.folder, 'examples/python');
    const args = ['--path', join(root, 'packages/api/openapi.json'), '--meta', 'none', '--output-path', 'twohop_client'];
    const made = await runProgram(join(venv, 'openapi-python-client'), { cwd, args: ['generate', ...args] });
    expect(made.code, made.out).toBe(0);
    const run = (token?: string) => runProgram(join(venv, 'python'), { cwd, args: ['highlight.py', page], env: settings(token) });
    const [answered, refused] = await Promise.all([run(), run('none.of.ours')]);
    expect(answered.code, answered.out).toBe(0);
    expect(answered.out.match(/^-?\d\.\d\d {2}\S/gm)).toHaveLength(3);
    expect(answered.out).toMatch(/used \d+ µs/);
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('auth.invalid: ');
  });
});

describe('the web page', () => {
  it('signs in, streams, finds by meaning, and shows what is left', async () => {
    const cwd = join(stranger.folder, 'examples/web');
    const built = await runProgram(process.execPath, {
      cwd,
      args: [join(stranger.folder, 'node_modules/vite/bin/vite.js'), 'build'],
      env: {
        VITE_TWOHOP_URL: stack.urls.server,
        VITE_FIREBASE_PROJECT_ID: stack.projectId,
        VITE_AUTH_EMULATOR_URL: stack.urls.auth,
      },
    });
    expect(built.code, built.out).toBe(0);
    const site = await preview({ root: cwd, logLevel: 'error', preview: { host: '127.0.0.1', port: webPort, strictPort: true } });
    const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
    try {
      const view = await browser.newPage();
      const thrown: Error[] = [];
      view.on('pageerror', (error) => thrown.push(error));
      await view.goto(`http://127.0.0.1:${webPort}`);
      await view.getByLabel('E-mail').fill(user.email);
      await view.getByLabel('Password').fill(user.password);
      await view.getByRole('button', { name: 'Sign in' }).click();
      await view.getByRole('status').getByText('ms of compute left').waitFor();
      const before = await view.getByRole('status').innerText();
      const text = `The sea was calm that day. ${prose}`;
      await view.getByLabel('Text').fill(text);
      await view.getByRole('button', { name: 'Highlight' }).click();
      await view.getByRole('listitem').nth(2).waitFor();
      for (const mark of await view.getByRole('listitem').allInnerTexts()) expect(text).toContain(mark);
      await view.getByLabel('Find by meaning').fill('quiet water');
      await view.getByRole('button', { name: 'Find' }).click();
      expect(await view.getByRole('blockquote').innerText()).toBe('The sea was calm that day.');
      await expect.poll(() => view.getByRole('status').innerText()).not.toBe(before);
      expect(thrown).toEqual([]);
    } finally {
      await browser.close();
      await site.close();
    }
  });
});
