import { expect, test } from 'vitest';
import { joinTypeErrors, toErrorLine } from './type-errors.ts';

const error = "error TS2339: Property 'score' does not exist on type 'Mark'.";

test('an error gets its path from the root', () => {
  expect(toErrorLine('apps/server', `../../packages/api/src/a.ts(3,7): ${error}`)).toBe(`packages/api/src/a.ts:3:7 ${error}`);
  expect(toErrorLine('apps/server', 'Found 1 error. Watching for file changes.')).toBeUndefined();
});

test('what two packages meet is said once, and its end too', () => {
  const { hear } = joinTypeErrors(['packages/api', 'apps/server']);
  const line = `packages/api/src/a.ts:3:7 ${error}`;
  expect(hear('packages/api', `src/a.ts(3,7): ${error}`)).toEqual([]);
  expect(hear('packages/api', '02:51:00 - Found 1 error. Watching for file changes.')).toEqual([
    line,
    '✗ 1 type error, met by packages/api',
  ]);
  hear('apps/server', `../../packages/api/src/a.ts(3,7): ${error}`);
  expect(hear('apps/server', 'Found 1 error.')).toEqual(['✗ 1 type error, met by packages/api, apps/server']);
  expect(hear('packages/api', 'Found 0 errors.')).toEqual(['✗ 1 type error, met by apps/server']);
  expect(hear('apps/server', 'Found 0 errors.')).toEqual(['✓ types fit in packages/api, apps/server']);
  expect(hear('apps/server', 'Found 0 errors.')).toEqual([]);
});

test('that all is well is said when each has looked, and once', () => {
  const { hear } = joinTypeErrors(['packages/api', 'apps/server']);
  expect(hear('packages/api', 'Found 0 errors.')).toEqual([]);
  expect(hear('apps/server', 'Found 0 errors.')).toEqual(['✓ types fit in packages/api, apps/server']);
  expect(hear('packages/api', 'Found 0 errors.')).toEqual([]);
});
