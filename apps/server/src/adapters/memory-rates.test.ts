import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { memoryRates } from './memory-rates.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heldBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

it('admits so many a minute by key, and says how long to wait', async () => {
  const rates = memoryRates();
  expect([await rates.take('a', 2), await rates.take('a', 2), await rates.take('b', 2)]).toEqual([null, null, null]);
  const waitMs = await rates.take('a', 2);
  expect(waitMs).toBeGreaterThan(0);
  expect(waitMs).toBeLessThanOrEqual(60_000);
});

it('forgets no count to make room: whoever is refused stays refused, however many keys come', async () => {
  const rates = memoryRates({ maxKeys: 3 });
  await rates.take('quiet', 1);
  for (let made = 0; made < 10_000; made += 1) await rates.take(`made up ${made}`, 1_000_000);
  expect(await rates.take('quiet', 1)).toBeGreaterThan(0);
});

it('keys beyond the bound share counts: none of them gets past the limit, and it is no way around one', async () => {
  const rates = memoryRates({ maxKeys: 1 });
  await rates.take('first', 1);
  const late = ['late', 'late', 'late'];
  expect(await rates.take('late', 2)).toBeNull();
  expect(await Promise.all(late.map((key) => rates.take(key, 2)))).toEqual([null, expect.any(Number), expect.any(Number)]);
});

it('two minutes after the crowd has gone every key has a count of its own again', async () => {
  let nowMs = 0;
  const rates = memoryRates({ maxKeys: 2, nowMs: () => nowMs });
  const crowd = Array.from({ length: 100_000 }, (_, made) => `made up ${made}`);
  for (const key of crowd) await rates.take(key, 10);
  // By then every shared count is used up.
  expect(await rates.take('late', 10)).toBeGreaterThan(0);
  nowMs += 121_000;
  expect(await rates.take('latest', 10)).toBeNull();
});

it('a hundred thousand keys are as much memory as a million', async () => {
  const rates = memoryRates({ maxKeys: 1_000 });
  const fill = async (from: number, to: number) => {
    for (let index = from; index < to; index += 1) await rates.take(`ip:2001:db8:${index}::/64`, 1);
  };
  await fill(0, 5_000);
  const beforeBytes = heldBytes();
  await fill(5_000, 105_000);
  // 100 000 keys that stayed would be about 41 MB.
  expect(heldBytes() - beforeBytes).toBeLessThan(5_000_000);
});
