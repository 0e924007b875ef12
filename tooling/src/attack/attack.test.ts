import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GoogleKeys, googleKeys } from '../google-keys.ts';
import { freePort } from '../ports.ts';
import { root } from '../root.ts';
import { type Stack, startStack } from '../stack.ts';
import { attack } from './attack.ts';
import type { CaseResult } from './case.ts';
import { casesOf } from './cases.ts';
import { type GullibleServer, gullibleFront, gullibleServer } from './testing/gullible-server.ts';

const cases = casesOf(5);
const ids = cases.map(({ id }) => id);
const command = (args: readonly string[], token = '') =>
  execa(process.execPath, [join(root, 'tooling', 'src', 'attack.ts'), ...args], { reject: false, env: { ATTACK_TOKEN: token } });
const resultsOf = (stdout: string) => JSON.parse(stdout) as { ok: boolean; cases: CaseResult[] };

it('has eighty cases and more, each of its own name, and each with its requirements', () => {
  expect(cases.length).toBeGreaterThanOrEqual(80);
  expect(new Set(ids).size).toBe(cases.length);
  for (const { standard } of cases) expect(standard).toMatch(/^ASVS V\d+\.\d+\.\d+, API\d+:2023(?:, LLM10:2025)?$/);
});

it('docs/security.md maps exactly these cases', () => {
  const rows = readFileSync(join(root, 'docs/security.md'), 'utf8').matchAll(/^\| (ASVS [^|]+?) +\| (.+?) +\|$/gm);
  const mapped = [...rows].flatMap(([, standard, names = '']) => names.split(', ').map((id) => `${id}: ${standard}`));
  expect(mapped.toSorted()).toEqual(cases.map(({ id, standard }) => `${id}: ${standard}`).toSorted());
});

describe('a gateway with these very weaknesses lets every case through', () => {
  let gullible: GullibleServer;
  let results: Map<string, CaseResult>;
  beforeAll(async () => {
    gullible = await gullibleServer();
    const front = await gullibleFront();
    const [framing, others] = [true, false].map((smuggles) => cases.filter(({ id }) => id.startsWith('smuggle-') === smuggles));
    const all = await Promise.all([
      attack(others ?? [], gullible.target),
      attack(framing ?? [], { ...gullible.target, url: front.url }),
    ]);
    results = new Map(all.flat().map((result) => [result.id, result]));
    front.close();
  });
  afterAll(() => gullible?.close());

  it.each(ids)('%s', (id) => {
    expect(results.get(id)).toMatchObject({ refused: false });
  });
});

it('a server that is not there has refused nothing', async () => {
  const nobody = new URL(`http://127.0.0.1:${await freePort()}`);
  const { target, close } = await gullibleServer();
  const nowhere = { ...target, url: nobody, directUrl: nobody, modelUrl: nobody };
  const results = await attack(cases, nowhere);
  expect(results.filter(({ refused }) => refused)).toEqual([]);
  await close();
});

it('the servers as in production refuse every case', async () => {
  const { stdout, stderr, exitCode } = await command(['--quick', '--json']);
  expect(stderr).not.toMatch(/^✗ (?!THROUGH)/m);
  const { ok, cases: results } = resultsOf(stdout);
  expect(results.filter(({ refused }) => !refused)).toEqual([]);
  expect(results.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect({ ok, exitCode }).toEqual({ ok: true, exitCode: 0 });
});

describe('a deployment of the maker’s own', () => {
  let google: GoogleKeys;
  let stack: Stack;
  beforeAll(async () => {
    const secret = 'a-secret-of-at-least-thirty-two-characters';
    google = await googleKeys();
    const production = { TWOHOP_ENV: 'production', FIREBASE_AUTH_EMULATOR_HOST: undefined, FIREBASE_USER_CHECKS: 'off' };
    const settings = { ML_KEY: secret, HASH_KEY: secret, ADMIN_EMAILS: 'operator@example.com' };
    stack = await startStack({ parts: ['server'], env: { ...google.env, ...production, ...settings } });
  });
  afterAll(async () => {
    await stack?.stop();
    await google?.close();
  });

  const tokenOf = (claims: object) => {
    const nowSeconds = Math.floor(Date.now() / 1000);
    const times = { iat: nowSeconds - 5, auth_time: nowSeconds - 5, exp: nowSeconds + 3_600 };
    const issuer = { iss: `https://securetoken.google.com/${stack.projectId}`, aud: stack.projectId };
    return google.token({ ...issuer, ...times, sub: 'ann', firebase: { sign_in_provider: 'password' }, ...claims });
  };
  const attacked = (token: string, ...args: string[]) => command(['--json', '--target', stack.urls.server, ...args], token);
  const idsOf = (from: readonly string[], beginning = '') =>
    cases.flatMap((each) => (from.includes(each.from) && each.id.startsWith(beginning) ? [each.id] : [])).toSorted();

  it('is attacked from outside, and as a signed-in user, and refuses', async () => {
    const { stdout, exitCode } = await attacked(await tokenOf({}), '--quick');
    const { ok, cases: results } = resultsOf(stdout);
    expect(results.filter(({ refused }) => !refused)).toEqual([]);
    expect(results.map(({ id }) => id).toSorted()).toEqual(idsOf(['outside', 'user']));
    expect({ ok, exitCode }).toEqual({ ok: true, exitCode: 0 });
  });

  it('is attacked from outside alone without a token', async () => {
    const { stdout } = await attacked('', '--only', 'token-');
    expect(
      resultsOf(stdout)
        .cases.map(({ id }) => id)
        .toSorted(),
    ).toEqual(idsOf(['outside'], 'token-'));
  });

  it('is not attacked with a token that would show nothing, or that may do all that is tried', async () => {
    const admin = { email: 'operator@example.com', email_verified: true };
    const [unsound, powerful] = await Promise.all([attacked('a.b.c'), attacked(await tokenOf(admin))]);
    expect([unsound.exitCode, unsound.stderr]).toEqual([1, expect.stringContaining('ATTACK_TOKEN is not admitted')]);
    expect([powerful.exitCode, powerful.stderr]).toEqual([1, expect.stringContaining('ATTACK_TOKEN is an admin’s')]);
  });

  it('that lets something through ends with exit code 1', async () => {
    const gullible = await gullibleServer();
    const { stdout, exitCode } = await command(['--only', 'token-missing', '--target', gullible.target.url.href]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/THROUGH.* 200 .*token-missing/);
    await gullible.close();
  });
});

it('a target or a case that is none is refused by name', async () => {
  const [target, nowhere, only] = await Promise.all([
    command(['--target', 'example']),
    command(['--target', `http://127.0.0.1:${await freePort()}`]),
    command(['--only', 'nothing']),
  ]);
  expect([target.exitCode, nowhere.exitCode, only.exitCode]).toEqual([1, 1, 1]);
  expect(target.stderr).toContain('--target example: give the address');
  expect(nowhere.stderr).toContain('does not answer /healthz');
  expect(only.stderr).toContain('No case begins with "nothing"');
});
