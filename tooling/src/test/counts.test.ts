import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { junitCounts, vitestCounts } from './counts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twohop-counts-'));
});
afterAll(() => rm(folder, { recursive: true }));

const file = async (content: string): Promise<string> => {
  const path = join(folder, 'report');
  await writeFile(path, content);
  return path;
};

const vitest = (report: object) =>
  file(JSON.stringify({ numPassedTests: 5, numTotalTests: 5, numFailedTestSuites: 0, numFailedTests: 0, ...report }));

test.each([
  [{}, { passed: 5, failed: 0 }],
  [
    { numPassedTests: 3, numFailedTests: 1 },
    { passed: 3, failed: 2 },
  ],
  [{ numFailedTestSuites: 1 }, { passed: 5, failed: 1 }],
])('vitest %j: a skipped test and a file that cannot be loaded are failures', async (report, counts) => {
  expect(await vitestCounts(await vitest(report))).toEqual(counts);
});

test('pytest: errors and skipped tests are failures, over all suites', async () => {
  const suite = '<testsuite name="pytest" errors="1" failures="2" skipped="1" tests="10" time="1.0">';
  expect(await junitCounts(await file(`<testsuites>${suite}</testsuite>${suite}</testsuite></testsuites>`))).toEqual({
    passed: 12,
    failed: 8,
  });
});
