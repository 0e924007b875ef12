import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../ports.ts';
import { root } from '../root.ts';
import { type Stack, startStack } from '../stack.ts';
import { attack } from './attack.ts';
import type { CaseResult, InsideCase } from './case.ts';
import { casesOf } from './cases.ts';
import { type GullibleServer, gullibleFront, gullibleServer } from './testing/gullible-server.ts';

const cases = casesOf(5) as readonly InsideCase[];
const ids = cases.map(({ id }) => id);
const command = (...args: string[]) =>
  execa(process.execPath, [join(root, 'tooling', 'src', 'attack.ts'), ...args], { reject: false });
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
  const results = await attack(cases, { ...target, url: nobody, directUrl: nobody, modelUrl: nobody });
  expect(results.filter(({ refused }) => refused)).toEqual([]);
  await close();
});

it('the servers as in production refuse every case', async () => {
  const { stdout, exitCode } = await command('--quick', '--json');
  const { ok, cases: results } = resultsOf(stdout);
  expect(results.filter(({ refused }) => !refused)).toEqual([]);
  expect(results.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect({ ok, exitCode }).toEqual({ ok: true, exitCode: 0 });
});

describe('a deployment of the maker’s own', () => {
  let stack: Stack;
  beforeAll(async () => {
    const secret = 'a-secret-of-at-least-thirty-two-characters';
    // No account at Google: nobody here comes as far as being looked up.
    const production = { TWOHOP_ENV: 'production', FIREBASE_AUTH_EMULATOR_HOST: undefined, FIREBASE_USER_CHECKS: 'off' };
    stack = await startStack({ parts: ['server'], env: { ...production, ML_KEY: secret, HASH_KEY: secret } });
  });
  afterAll(() => stack?.stop());

  it('is attacked from outside alone, and refuses', async () => {
    const { stdout, exitCode } = await command('--quick', '--json', '--target', stack.urls.server);
    const { ok, cases: results } = resultsOf(stdout);
    expect(results.filter(({ refused }) => !refused)).toEqual([]);
    expect(results.map(({ id }) => id).toSorted()).toEqual(
      casesOf(5)
        .flatMap(({ id, from }) => (from === 'outside' ? [id] : []))
        .toSorted(),
    );
    expect({ ok, exitCode }).toEqual({ ok: true, exitCode: 0 });
  });

  it('that lets something through ends with exit code 1', async () => {
    const gullible = await gullibleServer();
    const { stdout, exitCode } = await command('--only', 'token-missing', '--target', gullible.target.url.href);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/THROUGH.* 200 .*token-missing/);
    await gullible.close();
  });
});

it('a target or a case that is none is refused by name', async () => {
  const [target, nowhere, only] = await Promise.all([
    command('--target', 'example'),
    command('--target', `http://127.0.0.1:${await freePort()}`),
    command('--only', 'nothing'),
  ]);
  expect([target.exitCode, nowhere.exitCode, only.exitCode]).toEqual([1, 1, 1]);
  expect(target.stderr).toContain('--target example: give the address');
  expect(nowhere.stderr).toContain('does not answer /healthz');
  expect(only.stderr).toContain('No case begins with "nothing"');
});
