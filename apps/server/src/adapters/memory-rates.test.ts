import { expect, it } from 'vitest';
import { memoryRates } from './memory-rates.ts';

it('admits so many a minute by key, and says how long to wait', async () => {
  const rates = memoryRates();
  expect([await rates.take('a', 2), await rates.take('a', 2), await rates.take('b', 2)]).toEqual([null, null, null]);
  const waitMs = await rates.take('a', 2);
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(60_000);
});

it('keeps at most so many keys: the one that was quiet the longest is forgotten, one that is busy is not', async () => {
  const rates = memoryRates(3);
  await rates.take('quiet', 1);
  for (const key of ['b', 'c', 'd']) {
    await rates.take('busy', 1);
    await rates.take(key, 1);
  }
  expect(await rates.take('busy', 1)).toBeGreaterThan(0);
  expect(await rates.take('quiet', 1)).toBeNull();
});

it('a hundred thousand keys are as much memory as a million', async () => {
  const rates = memoryRates(1_000);
  const fill = async (from: number, to: number) => {
    for (let index = from; index < to; index += 1) await rates.take(`ip:2001:db8:${index}::/64`, 1);
  };
  await fill(0, 5_000);
  const beforeBytes = process.memoryUsage().heapUsed;
  await fill(5_000, 105_000);
  // 100 000 keys that stayed would be about 41 MB.
  expect(process.memoryUsage().heapUsed - beforeBytes).toBeLessThan(20_000_000);
});
