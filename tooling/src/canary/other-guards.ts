import { replaced, type Violation } from './violation.ts';

type Manifest = Record<string, unknown>;

const editJson = (edit: (manifest: Manifest) => void) => (present: string) => {
  const manifest = JSON.parse(present) as Manifest;
  edit(manifest);
  return JSON.stringify(manifest, null, 2);
};

const withDependency = (name: string, version: string) =>
  editJson((manifest) => {
    manifest['dependencies'] = { ...(manifest['dependencies'] as object), [name]: version };
  });

export const formatViolations: readonly Violation[] = [
  { rule: 'TypeScript is formatted', file: 'packages/quota/src/x.ts', plant: `export const a = "b"\n`, expect: 'x.ts' },
  { rule: 'JSON is formatted', file: 'packages/quota/x.json', plant: `{"a":1}`, expect: 'x.json' },
  { rule: 'Markdown is formatted', file: 'docs/x.md', plant: `# a\n* b\n`, expect: 'x.md' },
  { rule: 'YAML is formatted', file: 'docs/x.yaml', plant: `a:    "b"\n`, expect: 'x.yaml' },
];

export const blindFormat = {
  file: '.oxfmtrc.json',
  plant: editJson((settings) => {
    settings['ignorePatterns'] = ['**'];
  }),
};

export const blindLint = {
  file: 'oxlint.config.ts',
  plant: (present: string) => replaced(present, /ignorePatterns: \[/, `ignorePatterns: ['**', `),
};

export const typeViolations: readonly Violation[] = [
  ...[
    'packages/quota',
    'packages/api',
    'packages/ml-client',
    'packages/sdk',
    'apps/server',
    'apps/extension/app',
    'tooling',
    'e2e',
  ].map((folder): Violation => ({
    rule: `${folder} is type-checked`,
    file: /^(packages|apps\/server|tooling)/.test(folder) ? `${folder}/src/x.ts` : `${folder}/x.ts`,
    plant: `export const a: number = 'b';\n`,
    expect: 'TS2322',
  })),
  { rule: 'the root is type-checked', file: 'x.ts', plant: `export const a: number = 'b';\n`, expect: 'TS2322' },
  {
    rule: 'an index may miss',
    file: 'packages/quota/src/y.ts',
    plant: `export const first = (list: string[]): string => list[0];\n`,
    expect: 'TS2322',
  },
  {
    rule: 'Node runs every source as it stands',
    file: 'packages/quota/src/z.ts',
    plant: `export enum Color {\n  Red,\n}\n`,
    expect: 'TS1294',
  },
  {
    rule: 'every TypeScript file is in a program',
    file: 'packages/quota/elsewhere/x.ts',
    plant: `export const a = 1;\n`,
    expect: 'no tsconfig.json includes it',
  },
  {
    rule: 'every package has a tsconfig',
    file: 'packages/planted/src/x.ts',
    plant: `export const a = 1;\n`,
    also: { 'packages/planted/package.json': `{ "name": "@twohop/planted" }\n` },
    expect: 'packages/planted: has no tsconfig.json',
    at: null,
  },
];

export const boundaryViolations: readonly Violation[] = [
  {
    rule: 'a package imports what it declares',
    file: 'packages/quota/src/x.ts',
    plant: `export { z } from 'zod';\n`,
    expect: 'cannot import package `zod` because it is not a dependency',
    at: null,
  },
  {
    rule: 'no import leaves its package',
    file: 'packages/ml-client/src/x.ts',
    plant: `export { errors } from '../../api/src/errors.ts';\n`,
    expect: 'import `../../api/src/errors.ts` leaves the package',
    at: null,
  },
  ...[
    ['packages/quota', 'sdk'],
    ['packages/ml-client', 'sdk'],
    ['packages/api', 'tooling'],
    ['packages/sdk', 'tooling'],
    ['apps/server', 'sdk'],
    ['apps/extension', 'tooling'],
    ['tooling', 'e2e'],
    ['e2e', 'extension'],
  ].map(([from = '', to = '']): Violation => ({
    rule: `${from} may not depend on ${to}`,
    file: `${from}/package.json`,
    plant: withDependency(`@twohop/${to}`, 'workspace:*'),
    expect: `Package \`@twohop/${to}\` found without any tag listed in allowlist for \`@twohop/${from.split('/').at(-1) ?? ''}\``,
    at: null,
  })),
];

export const blindBoundaries = {
  file: 'pnpm-workspace.yaml',
  plant: (present: string) => replaced(present, /^packages:\n(?: {2}- .*\n)+/m, 'packages:\n  - nowhere/*\n'),
};

export const deadCodeViolations: readonly Violation[] = [
  { rule: 'no unused file', file: 'packages/quota/src/x.ts', plant: `export const a = 1;\n`, expect: 'packages/quota/src/x.ts' },
  {
    rule: 'no unused export',
    file: 'packages/quota/src/amount.ts',
    plant: (present) => `${present}\nexport const neverTaken = 1;\n`,
    expect: 'neverTaken',
  },
  {
    rule: 'no unused dependency',
    file: 'packages/quota/package.json',
    plant: withDependency('zod', 'catalog:'),
    expect: 'zod',
  },
  {
    rule: 'no unlisted dependency',
    file: 'packages/quota/src/amount.test.ts',
    plant: `import { pino } from 'pino';\nexport const log = pino();\n`,
    expect: 'pino',
  },
  {
    rule: 'no unused catalog entry',
    file: 'pnpm-workspace.yaml',
    plant: (present) => replaced(present, /^catalog:\n/m, 'catalog:\n  left-pad: 1.3.0\n'),
    expect: 'left-pad',
  },
];

export const blindDeadCode = {
  file: 'knip.jsonc',
  plant: (present: string) => replaced(present, '"project": ["src/**/*.ts"]', '"project": ["nowhere/**/*.ts"]'),
};

export const contractViolations: readonly Violation[] = [
  {
    rule: 'openapi.json follows the schemas',
    file: 'ml-service/src/ml_service/schemas.py',
    plant: (present) => replaced(present, /\bpassages:/g, 'places:'),
    expect: 'openapi.json does not match the schemas',
    at: null,
  },
  {
    rule: 'nobody edits what is generated',
    file: 'packages/ml-client/src/generated/types.gen.ts',
    plant: (present) => `${present}\nexport type Mine = string;\n`,
    expect: "is not what the model's openapi.json gives: types.gen.ts",
    at: null,
  },
];

export const pythonLintViolations: readonly Violation[] = [
  {
    rule: 'Python is formatted',
    file: 'ml-service/src/ml_service/x.py',
    plant: `a = 'b'\n`,
    expect: 'File would be reformatted --> src/ml_service/x.py',
    at: null,
  },
  {
    rule: 'Python follows the rules',
    file: 'ml-service/src/ml_service/y.py',
    plant: `"""A planted module."""\n\nimport os\n`,
    expect: 'src/ml_service/y.py:3:8: F401',
    at: null,
  },
];

export const pythonTypeViolations: readonly Violation[] = [
  {
    rule: 'Python is type-checked',
    file: 'ml-service/src/ml_service/planted.py',
    plant: `"""A planted module."""\n\nA: int = "b"\n`,
    expect: 'planted.py:3:10 - error',
    at: null,
  },
];

export const pythonImportViolations: readonly Violation[] = [
  {
    rule: 'schemas know nothing of the app',
    file: 'ml-service/src/ml_service/schemas.py',
    plant: (present) => `${present}\nfrom ml_service import app as app  # noqa: E402 -- planted\n`,
    expect: 'ml_service.schemas',
    at: null,
  },
];

export const testViolations: readonly Violation[] = [
  {
    rule: 'a console call fails the test',
    file: 'packages/quota/src/x.test.ts',
    plant: `import { expect, test } from 'vitest';\ntest('says', () => {\n  console.log('hello');\n  expect(1).toBe(1);\n});\n`,
    expect: 'a console call fails the test',
    at: null,
  },
  {
    rule: 'a wrong result fails the test',
    file: 'packages/quota/src/y.test.ts',
    plant: `import { expect, test } from 'vitest';\ntest('adds', () => {\n  expect(1 + 1).toBe(3);\n});\n`,
    expect: 'expected 2 to be 3',
    at: null,
  },
];

export const blindTests = {
  file: 'vitest.config.ts',
  plant: (present: string) => replaced(present, '**/*.test.{ts,tsx}', '**/*.nowhere.ts'),
};
