import { defineConfig } from 'oxlint';
import { arrowOverrides } from './tooling/src/lint/arrows.ts';

const tests = ['**/*.test.{ts,tsx}', '**/*.test-d.ts', '**/testing/**', 'e2e/src/extension/**'];
const env = 'Only apps/server/src/config.ts reads the environment: add the setting there and take it as a parameter.';
const chrome = 'Only app/platform touches the browser: add a function there and import that.';

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise', 'node', 'vitest', 'react', 'jsx-a11y'],
  jsPlugins: ['./tooling/src/lint/plugin.ts'],
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['**/src/generated/**', '**/build/**', '**/.plasmo/**'],
  rules: {
    // Shape: STYLE.md gives these numbers.
    'max-lines': ['error', { max: 300, skipBlankLines: true }],
    'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', { max: 3 }],
    'max-depth': ['error', { max: 3 }],
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'twohop/no-vague-file': 'error',
    'twohop/reasoned-comment': 'error',

    // Boundaries that hold everywhere; the arrows between packages stand in arrows.ts.
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'no-restricted-properties': ['error', { object: 'process', property: 'env', message: env }],

    // Types: what tsc lets through.
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false } }],
    'typescript/no-deprecated': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',
    // `||` over strings is meant: an empty setting counts as none.
    'typescript/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
    'typescript/prefer-optional-chain': 'error',
    'typescript/prefer-readonly': 'error',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],

    // Code.
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-param-reassign': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'object-shorthand': 'error',
    'no-else-return': 'error',
    'no-return-assign': 'error',
    'import/no-duplicates': 'error',
    'import/no-mutable-exports': 'error',
    'unicorn/prefer-node-protocol': 'error',
    'unicorn/throw-new-error': 'error',
    'unicorn/prefer-at': 'error',

    // Tests.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'vitest/expect-expect': ['error', { assertFunctionNames: ['expect*', 'assert*', 'fc.assert'] }],

    // Off, each because it fights a habit of this house (closures over classes, worker threads, `as const` tables).
    'typescript/consistent-return': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/unbound-method': 'off',
    'unicorn/require-post-message-target-origin': 'off',
    'vitest/no-standalone-expect': 'off',
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'import/no-unassigned-import': 'off',
    'import/no-named-as-default-member': 'off',
    'promise/always-return': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'react/react-in-jsx-scope': 'off',
  },
  overrides: [
    { files: ['packages/*/src/**', 'apps/server/src/**'], rules: { 'no-console': 'error' } },
    {
      files: ['packages/quota/src/**', 'packages/api/src/**'],
      excludeFiles: [...tests, 'packages/quota/src/adapters/**'],
      rules: { 'twohop/no-clock': 'error' },
    },
    {
      files: [
        'apps/server/src/config.ts',
        'tooling/**',
        'e2e/**',
        '**/*.config.ts',
        'apps/*/*.ts',
        'apps/*/scripts/**',
        'examples/**',
      ],
      rules: { 'no-restricted-properties': 'off' },
    },
    {
      files: [
        '*.config.ts',
        '**/*.config.ts',
        'docs/.vitepress/config.ts',
        'apps/extension/src/**',
        'tooling/src/lint/plugin.ts',
      ],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      files: ['apps/extension/{app,src}/**'],
      excludeFiles: ['apps/extension/app/platform/**', ...tests],
      rules: {
        'no-restricted-globals': ['error', { name: 'chrome', message: chrome }, { name: 'browser', message: chrome }],
      },
    },
    {
      files: ['apps/extension/app/contents/**'],
      rules: {
        'no-restricted-globals': [
          'error',
          { name: 'chrome', message: chrome },
          { name: 'browser', message: chrome },
          { name: 'fetch', message: 'Content scripts never call the network: send a message to the background.' },
        ],
      },
    },
    {
      // The bootstrap runs before anything is installed, on whatever Node there is: plain JavaScript, without types to check.
      files: ['**/*.mjs'],
      rules: {
        'no-var': 'off',
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
        'typescript/no-floating-promises': 'off',
        'typescript/only-throw-error': 'off',
        'typescript/prefer-promise-reject-errors': 'off',
      },
    },
    ...arrowOverrides,
    {
      files: tests,
      rules: {
        'max-lines-per-function': 'off',
        'max-params': 'off',
        'typescript/no-non-null-assertion': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-member-access': 'off',
      },
    },
  ],
});
