import { expect, it } from 'vitest';
import { recentUse } from './recent-use.ts';

it('counts what somebody had in the last ten seconds and in those before, and forgets it', () => {
  let nowMs = 0;
  const recent = recentUse(() => nowMs);
  recent.took('ann');
  recent.took('ann');
  recent.took('bob');
  expect([recent.of('ann'), recent.of('bob'), recent.of('eve'), recent.mean()]).toEqual([2, 1, 0, 1.5]);
  nowMs = 10_000;
  recent.took('ann');
  expect([recent.of('ann'), recent.mean()]).toEqual([3, 2]);
  nowMs = 20_000;
  expect([recent.of('ann'), recent.of('bob')]).toEqual([1, 0]);
  nowMs = 60_000;
  expect([recent.of('ann'), recent.mean()]).toEqual([0, 0]);
});
