import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import { sqliteBenchStore } from './bench-store.ts';
import { drive, paced } from './drive.ts';
import { holds, quantile } from './figures.ts';
import { benchLedger } from './ledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'twohop-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('figures', () => {
  it('takes the value that so many are at most', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([quantile(hundred, 0.5), quantile(hundred, 0.99), quantile([7], 0.99)]).toEqual([50, 99, 7]);
  });

  it('a bar holds at its edge, and not for what could not be measured', () => {
    expect(holds({ name: 'x', atLeast: 5, actual: 5 })).toBe(true);
    expect(holds({ name: 'x', atLeast: 5, actual: 4.99 })).toBe(false);
    expect(holds({ name: 'x', atMost: 3, actual: 3.01 })).toBe(false);
    expect(holds({ name: 'x', atMost: 3, actual: Number.NaN })).toBe(false);
  });
});

describe('load', () => {
  it('never has more in flight than it says, and counts nothing of the warm-up', async () => {
    let running = 0;
    let most = 0;
    let calls = 0;
    const result = await drive({
      name: 'x',
      concurrency: 4,
      ms: 50,
      operation: async () => {
        calls += 1;
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
      },
    });
    expect(most).toBe(4);
    expect(result.perSecond * 0.05).toBeLessThan(calls);
  });

  it('begins by the clock, also while nothing ends: a queue shows as latency', async () => {
    let begun = 0;
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const operation = async () => {
      begun += 1;
      if (begun === 50) open();
      await gate;
      return begun;
    };
    expect(await paced({ perSecond: 1_000, ms: 200, operation })).toBeGreaterThanOrEqual(50);
  });
});

it('measures each level of SQLite beside its bare transaction', async () => {
  const report = await benchLedger([sqliteBenchStore(folder)], { quick: true, tell: () => undefined });
  expect(report.results.map(({ name, concurrency }) => `${name} ${concurrency}`)).toEqual([
    'sqlite bare transaction 1',
    'sqlite reserve, one a transaction 64',
    ...['reserve', 'reserve + settle'].flatMap((what) => [1, 8, 64].map((level) => `sqlite ${what} ${level}`)),
  ]);
  expect(report.results.every(({ perSecond, p50Ms, p99Ms }) => perSecond > 0 && p50Ms > 0 && p99Ms >= p50Ms)).toBe(true);
  expect(report.bars.map(({ name }) => name)).toEqual([
    'sqlite reserve at 64 in flight ÷ one transaction a reserve',
    'sqlite reserve p99 at half load, ms: median of 5 rounds',
  ]);
});

it('the command prints one object of the agreed shape', async () => {
  const args = [join(root, 'tooling', 'src', 'bench.ts'), 'ledger', '--quick', '--json', '--store', 'sqlite'];
  const { stdout, exitCode } = await execa(process.execPath, args, { reject: false });
  const report = JSON.parse(stdout) as Record<string, unknown>;
  expect(Object.keys(report)).toEqual(['ok', 'machine', 'versions', 'results', 'ratios']);
  expect({ ok: report['ok'], exitCode }).toEqual({ ok: true, exitCode: 0 });
});

it('an unknown bench is refused by name', async () => {
  const { exitCode, stderr } = await execa(process.execPath, [join(root, 'tooling', 'src', 'bench.ts'), 'nothing'], {
    reject: false,
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/There are: .*\bledger\b/);
});
