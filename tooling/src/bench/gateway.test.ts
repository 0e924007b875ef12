import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../root.ts';
import { callerOf } from './gateway/caller.ts';
import { costOf } from './gateway/process-cost.ts';

it('the command prints one object: the proxy that decides nothing, and this product, both at each level', async () => {
  const { stdout, exitCode } = await execa(process.execPath, [
    join(root, 'tooling/src/bench.ts'),
    'gateway',
    '--quick',
    '--json',
  ]);
  const { ok, results, ratios } = JSON.parse(stdout) as { ok: boolean; results: unknown; ratios: object };
  expect([exitCode, ok]).toEqual([0, true]);
  const levels = [1, 32, 128];
  expect(results).toEqual(
    ['bare proxy', 'twohop'].flatMap((name) =>
      levels.map((concurrency) => ({
        name,
        concurrency,
        perSecond: expect.any(Number),
        p50Ms: expect.any(Number),
        p99Ms: expect.any(Number),
      })),
    ),
  );
  expect(Object.keys(ratios)).toEqual(levels.map((level) => `twohop ÷ bare proxy, requests a second at ${level} in flight`));
});

describe('what is counted', () => {
  let before: Awaited<ReturnType<typeof costOf>>;
  beforeAll(async () => {
    before = await costOf(process.pid);
  });

  it('processor time grows while this process works, and memory is what it has', async () => {
    const work = Array.from({ length: 2_000_000 }, (_, index) => Math.sqrt(index));
    const { cpuMs, mainCpuMs, peakMiB } = await costOf(process.pid);
    expect(work.length).toBe(2_000_000);
    expect(cpuMs).toBeGreaterThan(before.cpuMs);
    expect(mainCpuMs).toBeGreaterThan(before.mainCpuMs);
    expect(mainCpuMs).toBeLessThanOrEqual(cpuMs);
    expect(peakMiB).toBeGreaterThan(10);
  });

  it('a gateway that refuses ends the bench: its refusals are no throughput', async () => {
    const server = createServer((_request, response) => {
      response.statusCode = 500;
      response.end('full');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { operation, close } = callerOf({ name: 'x', url, call: () => ({ path: '/', headers: {}, body: '' }) }, 1);
    await expect(operation()).rejects.toThrow('x answered 500: full');
    await close();
    server.close();
  });
});
