import { expect, it } from 'vitest';
import { observed } from './observed.ts';
import { pace } from './pace.ts';

const MINUTE_MS = 60_000;
function at(startMs = 1_000_000) {
  const clock = { nowMs: startMs };
  return { clock, seen: observed(() => clock.nowMs) };
}

it('attempts are counted by kind and address for five minutes; a token that has expired is none', () => {
  const { clock, seen } = at();
  for (let n = 0; n < 30; n++) seen.call('auth.invalid', '192.0.2.7');
  for (let n = 0; n < 700; n++) seen.call('limit.ip', '192.0.2.7');
  seen.call('auth.missing', '198.51.100.1');
  for (const code of ['auth.expired', 'ok', 'limit.rate', 'input.invalid'] as const) seen.call(code, '203.0.113.9');
  expect(seen.facts().attempts).toEqual({
    refused: 31,
    kinds: [
      { name: 'limit.ip', count: 700 },
      { name: 'auth.invalid', count: 30 },
      { name: 'auth.missing', count: 1 },
    ],
    from: [
      { name: '192.0.2.7', count: 730 },
      { name: '198.51.100.1', count: 1 },
    ],
  });
  clock.nowMs += 5 * MINUTE_MS;
  expect(seen.facts().attempts.refused).toBe(0);
});

it('who makes up addresses takes no more room, and each attempt is counted', () => {
  const { clock, seen } = at();
  for (let n = 0; n < 40_000; n++) {
    seen.call('auth.invalid', `2001:db8:${n.toString(16)}::/64`);
    if (n % 10_000 === 0) clock.nowMs += 31_000;
  }
  const { refused, from } = seen.facts().attempts;
  expect(refused).toBe(40_000);
  expect(from).toHaveLength(5);
  expect(from[0]).toEqual({ name: 'other addresses', count: 36_000 - 1 });
});

it('accounts of the last hour count once each', () => {
  const { clock, seen } = at(10 * 3_600_000);
  for (let n = 0; n < 3; n++) seen.user('ann', clock.nowMs - MINUTE_MS);
  seen.user('bob', clock.nowMs - 10 * MINUTE_MS);
  seen.user('old', clock.nowMs - 60 * MINUTE_MS);
  expect(seen.facts().newAccounts).toBe(2);
  clock.nowMs += 55 * MINUTE_MS;
  expect(seen.facts().newAccounts).toBe(1);
});

it('failures of the model in a row end with an answer; what is the client’s is none', () => {
  const { clock, seen } = at();
  seen.model('upstream.cold');
  clock.nowMs += 1_000;
  for (const code of ['upstream.timeout', 'auth.invalid', 'input.invalid', 'request.cancelled', 'capacity.overloaded'])
    seen.model(code);
  expect(seen.facts().model).toEqual({ failures: 2, cold: 1, firstMs: 1_000_000 });
  seen.model('ok');
  expect(seen.facts().model.failures).toBe(0);
});

it('calls that a store failed count for half a minute', () => {
  const { clock, seen } = at();
  for (let n = 0; n < 500; n++) seen.call('limit.store_down', '192.0.2.7');
  expect(seen.facts().refusedByStore).toBe(100);
  clock.nowMs += 30_000;
  expect(seen.facts().refusedByStore).toBe(0);
});

it('the pace is of the last hour, and of one day', () => {
  const paceOf = pace();
  for (let minute = 0; minute <= 120; minute++) paceOf({ window: 1, settled: minute * 10 }, minute * MINUTE_MS);
  expect(paceOf({ window: 1, settled: 1_200 }, 120 * MINUTE_MS)).toEqual({ microUsd: 600, ms: 60 * MINUTE_MS });
  expect(paceOf({ window: 2, settled: 5 }, 121 * MINUTE_MS)).toEqual({ microUsd: 0, ms: 0 });
});
