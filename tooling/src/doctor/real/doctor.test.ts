import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Env } from '../../processes.ts';
import { root } from '../../root.ts';
import { type Stack, startStack } from '../../stack.ts';
import type { Finding } from '../finding.ts';

const secret = () => randomBytes(32).toString('base64url');
/** No account at Google: nobody here comes as far as being looked up. */
const production: Env = {
  TWOHOP_ENV: 'production',
  FIREBASE_AUTH_EMULATOR_HOST: undefined,
  FIREBASE_USER_CHECKS: 'off',
  ML_KEY: secret(),
  HASH_KEY: secret(),
};

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ parts: ['server', 'ml'], env: production });
});
afterAll(() => stack?.stop());

async function doctor(env: Env, ...args: readonly string[]) {
  const script = join(root, 'tooling/src/doctor.ts');
  const settings = { ...production, FIREBASE_PROJECT_ID: stack.projectId, FIREBASE_API_KEY: undefined, ...env };
  const asked = ['--target', stack.urls.server, '--model', stack.urls.ml, '--json', ...args];
  const { stdout, exitCode } = await execa(process.execPath, [script, ...asked], { cwd: root, env: settings, reject: false });
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
  const said = (check: string) => findings.filter((each) => each.check === check).map(({ level, says }) => `${level}: ${says}`);
  return { ok, exitCode, said, failed: findings.filter(({ level }) => level === 'fail').map(({ check }) => check) };
}

it('finds nothing wrong with a deployment as in production', async () => {
  const { ok, exitCode, said, failed } = await doctor({});
  expect(failed).toEqual([]);
  expect({ ok, exitCode }).toEqual({ ok: true, exitCode: 0 });
  expect(said('health')).toEqual(['ok: the server is alive', 'ok: the server is ready', 'ok: nobody on the way reads along']);
  expect(said('strangers')).toEqual(['ok: a call without a token is refused']);
  expect(said('emulator')).toEqual(['ok: an unsigned token is refused']);
  expect(said('metrics')).toEqual(['ok: its metrics are not public']);
  expect(said('clock')).toEqual(['ok: its clock and this one agree']);
  expect(said('model')).toEqual([
    'ok: the model refuses whoever has no key',
    'ok: no key from the documents opens it',
    'ok: the server’s key opens it',
  ]);
});

it('finds an emulator behind a server that strangers reach, and a key that the model does not take', async () => {
  await stack.restart('server', { TWOHOP_ENV: 'development', FIREBASE_AUTH_EMULATOR_HOST: '127.0.0.1:9' });
  const { exitCode, said, failed } = await doctor({ ML_KEY: secret() });
  expect(exitCode).toBe(1);
  expect(failed).toEqual(['emulator', 'model']);
  expect(said('emulator')).toEqual(['fail: an unsigned token, as the emulator makes, gets 200, not 401']);
  expect(said('model')[2]).toBe('fail: the server’s key gets 401');
});
