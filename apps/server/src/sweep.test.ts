import { expect, it } from 'vitest';
import { sweepLeases } from './sweep.ts';

it('tells an outage of the ledger once at its start, every half minute, and at its end', async () => {
  const lines: string[] = [];
  const tell = (_entry: object, message: string) => void lines.push(message);
  let nowMs = 0;
  let tick = () => undefined as void;
  const clock = {
    nowMs: () => nowMs,
    every: (_ms: number, task: () => void) => {
      tick = task;
      return () => undefined;
    },
  };
  let answer: () => Promise<number> = async () => 0;
  const at = async (ms: number) => {
    nowMs = ms;
    tick();
    await new Promise(setImmediate);
  };
  sweepLeases({ expire: () => answer() }, { clock, log: { info: tell, warn: tell, error: tell } });
  await at(1_000);
  expect(lines).toEqual([]);
  answer = () => Promise.reject(new Error('no answer'));
  for (const ms of [2_000, 3_000, 31_000]) await at(ms);
  expect(lines).toEqual(['the ledger is down: whatever spends is refused']);
  await at(32_000);
  expect(lines).toHaveLength(2);
  answer = async () => 2;
  await at(33_000);
  expect(lines.slice(2)).toEqual([
    'the ledger answers again',
    'leases ended without a settlement; the cap keeps their worst case',
  ]);
});

it('never has two sweeps under way', async () => {
  let asked = 0;
  let tick = () => undefined as void;
  const clock = { nowMs: () => 0, every: (_ms: number, task: () => void) => ((tick = task), () => undefined) };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  sweepLeases({ expire: () => ((asked += 1), new Promise(() => undefined)) }, { clock, log });
  tick();
  tick();
  await new Promise(setImmediate);
  expect(asked).toBe(1);
});
