import type { Violation } from './violation.ts';

const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Each rule of oxlint.config.ts that is a decision of this house, broken once. */
export const ruleViolations: readonly Violation[] = [
  {
    rule: 'config.ts alone reads the environment',
    file: 'apps/server/src/rule-env.ts',
    plant: `export const port = process.env['PORT'];\n`,
    expect: 'add the setting there and take it as a parameter',
  },
  {
    rule: 'no console in a package',
    file: 'packages/sdk/src/rule-console.ts',
    plant: `export const say = () => console.log('hello');\n`,
    expect: 'eslint(no-console)',
  },
  {
    rule: 'app/platform alone touches the browser',
    file: 'apps/extension/app/background/rule-chrome.ts',
    plant: `export const id = (): string => chrome.runtime.id;\n`,
    expect: 'Only app/platform touches the browser',
  },
  {
    rule: 'content scripts never fetch',
    file: 'apps/extension/app/contents/rule-fetch.ts',
    plant: `export const page = () => fetch('/');\n`,
    expect: 'Content scripts never call the network',
  },
  ...clockViolations(),
  {
    rule: 'no import cycle',
    file: 'packages/quota/src/rule-cycle.ts',
    plant: `export { there } from './rule-cycle/back.ts';\nexport const here = 1;\n`,
    also: { 'packages/quota/src/rule-cycle/back.ts': `export { here } from '../rule-cycle.ts';\nexport const there = 2;\n` },
    expect: 'import(no-cycle)',
  },
  {
    rule: 'files up to 300 lines',
    file: 'packages/quota/src/rule-length.ts',
    plant: `${lines(301, (index) => `export const line${index} = ${index};`)}\n`,
    expect: 'eslint(max-lines)',
  },
  {
    rule: 'functions up to 50 lines',
    file: 'packages/quota/src/rule-function.ts',
    plant: `export const long = (value: number) => {\n${lines(51, (index) => `  if (value === ${index}) return ${index};`)}\n  return value;\n};\n`,
    expect: 'eslint(max-lines-per-function)',
  },
  {
    rule: 'up to three parameters',
    file: 'packages/quota/src/rule-parameters.ts',
    plant: `export const many = (a: number, b: number, c: number, d: number) => a + b + c + d;\n`,
    expect: 'eslint(max-params)',
  },
  {
    rule: 'kebab-case files',
    file: 'packages/quota/src/ruleCase.ts',
    plant: `export const a = 1;\n`,
    expect: 'unicorn(filename-case)',
  },
  {
    rule: 'no vague file names',
    file: 'packages/quota/src/rule-utils.ts',
    plant: `export const a = 1;\n`,
    expect: 'Name the file after',
  },
  {
    rule: 'suppressions say why',
    file: 'packages/quota/src/rule-suppression.ts',
    plant: `// oxlint-disable-next-line no-console\nconsole.log('hello');\n`,
    expect: 'A suppression ends with its reason',
  },
  {
    rule: 'postponed tasks have a date',
    file: 'packages/quota/src/rule-todo.ts',
    plant: ['// TO', 'DO: later\nexport const a = 1;\n'].join(''),
    expect: 'names an ADR or a date',
  },
  {
    rule: 'promises are awaited (needs types)',
    file: 'packages/quota/src/rule-promise.ts',
    plant: `const save = async (): Promise<void> => undefined;\nexport const run = () => {\n  save();\n};\n`,
    expect: 'typescript(no-floating-promises)',
  },
  {
    rule: 'no any',
    file: 'packages/quota/src/rule-any.ts',
    plant: `export const a = (value: any): unknown => value;\n`,
    expect: 'typescript(no-explicit-any)',
  },
  {
    rule: 'no skipped test',
    file: 'packages/quota/src/rule-skip.test.ts',
    plant: `import { expect, test } from 'vitest';\ntest.skip('adds', () => {\n  expect(1).toBe(1);\n});\n`,
    expect: 'vitest(no-disabled-tests)',
  },
  {
    rule: 'no focused test',
    file: 'packages/quota/src/rule-only.test.ts',
    plant: `import { expect, test } from 'vitest';\ntest.only('adds', () => {\n  expect(1).toBe(1);\n});\n`,
    expect: 'vitest(no-focused-tests)',
  },
];

function clockViolations(): Violation[] {
  const expect = 'inside a decision';
  return [
    {
      rule: 'no Date.now in quota',
      file: 'packages/quota/src/rule-now.ts',
      plant: `export const now = () => Date.now();\n`,
      expect,
    },
    {
      rule: 'no new Date() in api',
      file: 'packages/api/src/rule-date.ts',
      plant: `export const now = () => new Date();\n`,
      expect,
    },
    {
      rule: 'no Math.random in quota',
      file: 'packages/quota/src/rule-random.ts',
      plant: `export const r = () => Math.random();\n`,
      expect,
    },
    {
      rule: 'no randomUUID in api',
      file: 'packages/api/src/rule-uuid.ts',
      plant: `import { randomUUID } from 'node:crypto';\nexport const id = () => randomUUID();\n`,
      expect,
    },
  ];
}
