import { readFile } from 'node:fs/promises';

/** What a runner says about its tests. A skipped test is a failed one: nothing here may be skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly numFailedTestSuites: number;
  readonly numFailedTests: number;
}

/** From vitest's json reporter. A file that could not even be loaded counts as one failure. */
export const vitestCounts = async (file: string): Promise<Counts> => {
  const report = JSON.parse(await readFile(file, 'utf8')) as VitestReport;
  const failed = report.numTotalTests - report.numPassedTests;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && report.numFailedTestSuites > 0 ? report.numFailedTestSuites : failed,
  };
};

/** From pytest's junit file. */
export const junitCounts = async (file: string): Promise<Counts> => {
  const suites = [...(await readFile(file, 'utf8')).matchAll(/<testsuite [^>]*>/g)].map(([tag]) => tag);
  const sum = (name: string) =>
    suites.reduce((total, tag) => total + Number(new RegExp(` ${name}="(\\d+)"`).exec(tag)?.[1] ?? 0), 0);
  const failed = sum('failures') + sum('errors') + sum('skipped');
  return { passed: sum('tests') - failed, failed };
};
