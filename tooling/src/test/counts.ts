import { readFile } from 'node:fs/promises';

/** What a runner says about its tests. A skipped test is a failed one: nothing here may be skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Each that failed, by its name, with the first line of why. */
  readonly failures: readonly string[];
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly numFailedTestSuites: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    /** The file. */
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

const failure = (name: string, why: string): string => `${name}: ${why.trim().split('\n', 1)[0] ?? ''}`;

/** From vitest's json reporter. A file that could not even be loaded counts as one failure. */
export const vitestCounts = async (file: string): Promise<Counts> => {
  const report = JSON.parse(await readFile(file, 'utf8')) as VitestReport;
  const failed = report.numTotalTests - report.numPassedTests;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && report.numFailedTestSuites > 0 ? report.numFailedTestSuites : failed,
    failures: report.testResults.flatMap(({ name: file, status, message, assertionResults }) => {
      const failed = assertionResults.filter((test) => test.status !== 'passed');
      const tests = failed.map((test) => failure(test.fullName, test.failureMessages?.[0] ?? test.status));
      return tests.length === 0 && status !== 'passed' ? [failure(file, message)] : tests;
    }),
  };
};

/** From pytest's junit file. */
export const junitCounts = async (file: string): Promise<Counts> => {
  const report = await readFile(file, 'utf8');
  const suites = [...report.matchAll(/<testsuite [^>]*>/g)].map(([tag]) => tag);
  const sum = (name: string) =>
    suites.reduce((total, tag) => total + Number(new RegExp(` ${name}="(\\d+)"`).exec(tag)?.[1] ?? 0), 0);
  const failed = sum('failures') + sum('errors') + sum('skipped');
  const tests = report.matchAll(
    /<testcase classname="([^"]*)" name="([^"]*)"[^>]*><(?:failure|error|skipped) [^>]*message="([^"]*)"/g,
  );
  const failures = [...tests].map(([, place, name, why]) => failure(unescaped(`${place}.${name}`), unescaped(why ?? '')));
  return { passed: sum('tests') - failed, failed, failures };
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#10': '\n' };
const unescaped = (text: string): string => text.replaceAll(/&(#10|\w+);/g, (whole, name: string) => entities[name] ?? whole);
