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

const results = (status: string, failureMessages: readonly string[]) => ({
  name: 'src/a.test.ts',
  status: 'failed',
  message: '',
  assertionResults: [
    { fullName: 'a day ends', status: 'passed', failureMessages: [] },
    { fullName: 'a year ends', status, failureMessages },
  ],
});
const unloaded = { name: 'src/b.test.ts', status: 'failed', message: 'SyntaxError: x\n at b', assertionResults: [] };

const vitest = (report: object) =>
  file(
    JSON.stringify({
      numPassedTests: 5,
      numTotalTests: 5,
      numFailedTestSuites: 0,
      numFailedTests: 0,
      testResults: [],
      ...report,
    }),
  );

test.each([
  [{}, { passed: 5, failed: 0, failures: [] }],
  [
    { numPassedTests: 4, numFailedTests: 1, testResults: [results('failed', ['Error: late\n at a'])] },
    { passed: 4, failed: 1, failures: ['a year ends: Error: late'] },
  ],
  [
    { numPassedTests: 4, testResults: [results('skipped', [])] },
    { passed: 4, failed: 1, failures: ['a year ends: skipped'] },
  ],
  [
    { numFailedTestSuites: 1, testResults: [unloaded] },
    { passed: 5, failed: 1, failures: ['src/b.test.ts: SyntaxError: x'] },
  ],
])('vitest %j: a skipped test and a file that cannot be loaded are failures', async (report, counts) => {
  expect(await vitestCounts(await vitest(report))).toEqual(counts);
});

test('pytest: errors and skipped tests are failures, over all suites', async () => {
  const suite = '<testsuite name="pytest" errors="1" failures="2" skipped="1" tests="10" time="1.0">';
  const passed = '<testcase classname="tests.test_a" name="test_day" time="0.1" />';
  const failed = `<testcase classname="tests.test_a" name="test_year[&lt;1&gt;]" time="0.1"><failure message="assert 1 &lt; 0&#10;more">x</failure></testcase>`;
  const skipped =
    '<testcase classname="tests.test_b" name="test_it" time="0.0"><skipped type="pytest.skip" message="no gpu" /></testcase>';
  const report = `<testsuites>${suite}${passed}${failed}</testsuite>${suite}${skipped}</testsuite></testsuites>`;
  expect(await junitCounts(await file(report))).toEqual({
    passed: 12,
    failed: 8,
    failures: ['tests.test_a.test_year[<1>]: assert 1 < 0', 'tests.test_b.test_it: no gpu'],
  });
});
