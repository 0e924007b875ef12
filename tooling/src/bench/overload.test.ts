import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { root } from '../root.ts';
import { type Ended, offered, refused, rowOf, served } from './overload/calls.ts';
import { inTurns, ratiosOf } from './overload/turns.ts';

it('the command runs every phase against real processes, and prints one object', async () => {
  const bench = [join(root, 'tooling/src/bench.ts'), 'overload', '--quick', '--json'];
  const { stdout, exitCode } = await execa(process.execPath, bench);
  const { ok, results } = JSON.parse(stdout) as { ok: boolean; results: { name: string; perSecond: number }[] };
  expect([exitCode, ok]).toEqual([0, true]);
  const lanes = [1, 2, 4, 8].map((count) => `${count} at a time`);
  const crowds = ['10 times the peak offered', '20 users', '20 users beside one at 100 times'];
  const floods = ['short texts, no forged tokens', 'short texts beside forged tokens'];
  const here = ['one after another', ...lanes, 'at the peak, in turn with that', ...crowds, ...floods];
  const elsewhere = here.map((name) => `elsewhere: ${name}`);
  expect(results.map(({ name }) => name)).toEqual([...here, ...elsewhere]);
  expect(results.reduce((sum, { perSecond }) => sum + perSecond, 0)).toBeGreaterThan(0);
});

it('an open loop offers by the clock, however long each call takes, and counts what was served', async () => {
  let calls = 0;
  const call = async (): Promise<Ended> => {
    calls += 1;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { ms: 300, status: calls % 2 === 0 ? 200 : 503, saysWhen: true };
  };
  const ended = await offered({ perSecond: 200, ms: 500, call });
  expect(ended.length).toBe(calls);
  expect(calls).toBeGreaterThan(50);
  expect(served(ended).length + refused(ended).length).toBe(calls);
  expect(rowOf('x', ended, 500)).toMatchObject({ perSecond: 2 * served(ended).length, p50Ms: 300, p99Ms: 300 });
});

it('each pair of rounds comes in the other order than the one before, and what counts is the median of their ratios', async () => {
  const order: string[] = [];
  const figures = [10, 20, 10, 15, 10, 40];
  const round = (name: string) => async () => {
    order.push(name);
    return figures[order.length - 1] ?? 0;
  };
  const turns = await inTurns(3, round('calm'), round('burdened'));
  expect(order).toEqual(['calm', 'burdened', 'burdened', 'calm', 'calm', 'burdened']);
  expect(ratiosOf(turns, (figure) => figure)).toEqual({ each: [2, 0.67, 4], median: 2 });
});
