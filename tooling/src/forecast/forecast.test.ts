import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import { argumentsOf, withArguments } from './arguments.ts';
import { objections } from './certificate-file.ts';
import { chartOf } from './chart.ts';
import { certificateOf } from './core/certificate.ts';
import { type ForecastInput, hostedOf } from './core/forecast.ts';
import { csvOf } from './csv.ts';
import { readInputs } from './inputs.ts';
import { jsonOf, type Report, reportOf } from './report.ts';
import { textOf } from './text.ts';

const command = (args: readonly string[], env: Record<string, string> = {}) =>
  execa(process.execPath, [join(root, 'tooling/src/forecast.ts'), ...args], { cwd: root, env, reject: false });

let input: ForecastInput;
let report: Report;
beforeAll(async () => {
  const { workload } = argumentsOf(['--users', '1000', '--calls', '5', '--months', '2', '--growth', '10%']);
  input = { ...(await readInputs(join(root, 'twohop.config.ts'))), workload, today: '2026-11-26', simulations: new Map() };
  report = reportOf(input, null);
});

describe('a report', () => {
  it('of each row that is not verified, or old, says so wherever it is printed', () => {
    const doubtful = report.rows.filter(({ verified }) => !verified);
    const old = report.rows.filter(({ stale }) => stale);
    expect(doubtful.length).toBeGreaterThan(0);
    expect(old.length).toBeGreaterThan(0);
    const lines = stripVTControlCharacters(textOf(report)).split('\n');
    const table = (id: string) => lines.find((line) => line.startsWith(`${id} `)) ?? '';
    for (const { id, verified, stale } of report.rows)
      expect(table(id).endsWith(` ${verified ? '' : '?'}${stale ? '†' : ''}`)).toBe(true);
    expect(lines.some((line) => line.startsWith('? not verified'))).toBe(true);
    expect(lines.some((line) => line.startsWith('† older than 180 days'))).toBe(true);
    for (const { question, trust } of report.answers)
      expect(lines.find((line) => line.trim().startsWith(question))).toMatch(
        new RegExp(`\\)${trust.verified ? '' : '\\?'}${trust.stale ? '†' : ''}: `, 'u'),
      );
    const chart = chartOf(report);
    for (const { id, verified, stale } of report.rows)
      expect(chart).toContain(`>${id}${verified ? '' : ' ?'}${stale ? ' †' : ''}<`);
    const csv = csvOf(report).split('\n');
    expect(csv).toHaveLength(1 + report.rows.length * 2 * 3);
    for (const { id, verified, stale } of report.rows)
      expect(csv.filter((line) => line.includes(`,${id},`) && line.includes(`,${verified},${stale},`))).toHaveLength(6);
    expect(csv[0]).toMatch(/^month,users,provider,.*,beside$/);
    expect(csv[1]).toMatch(/,fly_shared_1gb firestore_spark† firebase_auth_spark†$/);
  });

  it('in JSON has what the caps allow, and the same sums', () => {
    const { providers, certificateUsd, questions } = jsonOf(report);
    expect(providers.length).toBeGreaterThanOrEqual(12);
    expect(certificateUsd).toBe(113.03);
    expect(questions.length).toBeGreaterThanOrEqual(5);
    for (const { p50Usd, months } of providers) {
      const sum = Object.values(months[0]?.p50 ?? {}).reduce((total: number, usd: number) => total + usd, 0);
      expect(Math.abs(sum - p50Usd)).toBeLessThan(0.04);
    }
  });

  it('beside what is asked shows what was before', () => {
    const { hosting } = argumentsOf(['--first-hop', 'cloudflare_workers']);
    const changed = { ...input, hosting: { ...input.hosting, ...hosting } };
    const beside = reportOf(changed, input);
    const lines = stripVTControlCharacters(textOf(beside)).split('\n');
    expect(lines.find((line) => line.startsWith('provider'))).toMatch(/P50 +before +P95/);
    expect(jsonOf(beside).providers[0]).toHaveProperty('before.p50Usd');
    expect(lines.at(-1)).toMatch(/but for firstHop: cloudflare_workers by cpu_second/);
  });
});

describe('the command', { timeout: 60_000 }, () => {
  it('prints one JSON object', async () => {
    const { stdout, exitCode } = await command(['--users', '1000', '--calls', '5', '--json']);
    const printed = JSON.parse(stdout) as ReturnType<typeof jsonOf>;
    expect(exitCode).toBe(0);
    expect(printed.ok).toBe(true);
    expect(printed.certificateUsd).toBeGreaterThan(0);
    for (const { p50Usd, p95Usd, worstUsd, asOf, verified } of printed.providers) {
      expect(p50Usd <= p95Usd && p95Usd <= worstUsd).toBe(true);
      expect([typeof verified, asOf === null ? 'undated' : asOf.length]).toEqual(['boolean', asOf === null ? 'undated' : 10]);
    }
  });

  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  it('fails for a config whose maximum is above what was accepted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'twohop-forecast-'));
    folders.push(folder);
    const path = join(folder, 'dear.config.ts');
    const sound = await readFile(join(root, 'twohop.config.ts'), 'utf8');
    const dear = sound.replace('./apps/', `${root}/apps/`).replace('modelInstances: 1', 'modelInstances: 3');
    await writeFile(path, dear);
    const { exitCode, stderr, stdout } = await command(['--certificate', '--json'], { TWOHOP_CONFIG: path });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/The maximum bill is 327.3 USD a month; accepted were 113.03/);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, certificateUsd: 327.3 });
  });
});

it('the certificate of the repository is not exceeded by its config', async () => {
  const { prices, hosting, caps } = await readInputs(join(root, 'twohop.config.ts'));
  expect(await objections(certificateOf(hostedOf(prices, hosting), caps))).toEqual([]);
});

it('the core imports nothing of Node', () => {
  const seen = new Set<string>();
  const read = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = readFileSync(path, 'utf8');
    for (const [, target = ''] of source.matchAll(/from '([^']+)'/g)) {
      expect(target, path).toMatch(/^(?:\.|zod$)/);
      if (target.startsWith('.')) read(join(path, '..', target));
    }
  };
  read(join(root, 'tooling/src/forecast/core/forecast.ts'));
  expect(seen.size).toBeGreaterThan(8);
});

describe('arguments', () => {
  it('have their defaults, and change what the config says', () => {
    const args = argumentsOf(['--cap', '100', '--model-instances', '4', '--price', 'RunPod=1.5', '--growth', '20']);
    expect(args.workload).toMatchObject({ users: 1_000, callsPerUserDay: 5, months: 12, growthPerMonth: 0.2 });
    expect(args.whatIf.prices).toEqual([{ whose: 'RunPod', times: 1.5 }]);
    expect(withArguments(input as never, args)).toMatchObject({
      hosting: { modelInstances: 4, serverInstances: 1, model: 'cloud_run_cpu_instance' },
      caps: { monthMicroUsd: 100e6, dayMicroUsd: 100e6, attempts: 1 },
    });
  });

  it.each([
    ['--users many: give a number', ['--users', 'many']],
    ['users: ', ['--users', '0']],
    ['--price RunPod: give a vendor', ['--price', 'RunPod']],
    ['--model-instances 0: give 1 or more', ['--model-instances', '0']],
    ['--cap 0: give USD', ['--cap', '0']],
    ['months: ', ['--months', '40']],
    ["Unknown option '--user'", ['--user', '1']],
  ])('refused: %s', (message, argv) => {
    expect(() => argumentsOf(argv)).toThrow(message);
  });
});
