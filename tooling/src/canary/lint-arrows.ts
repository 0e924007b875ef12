import type { Violation } from './violation.ts';

interface Arrow {
  readonly rule: string;
  readonly file: string;
  readonly specifier: string;
  readonly expect: string;
}

const arrows: readonly Arrow[] = [
  {
    rule: 'quota imports nothing of ours',
    file: 'packages/quota/src/x.ts',
    specifier: '@twohop/api',
    expect: 'quota depends on nothing of ours',
  },
  {
    rule: 'ml-client imports nothing of ours',
    file: 'packages/ml-client/src/x.ts',
    specifier: '@twohop/quota',
    expect: 'ml-client depends on nothing of ours',
  },
  {
    rule: 'api imports no client',
    file: 'packages/api/src/x.ts',
    specifier: '@twohop/sdk',
    expect: 'api imports quota, and types',
  },
  {
    rule: 'api knows ml-client as types only',
    file: 'packages/api/src/y.ts',
    specifier: '@twohop/ml-client',
    expect: 'api knows ml-client as types only',
  },
  {
    rule: 'sdk imports api alone',
    file: 'packages/sdk/src/x.ts',
    specifier: '@twohop/quota',
    expect: 'The sdk imports @twohop/api only',
  },
  {
    rule: 'sdk takes types alone from api',
    file: 'packages/sdk/src/y.ts',
    specifier: '@twohop/api',
    expect: 'The sdk takes types alone',
  },
  {
    rule: 'server is no client',
    file: 'apps/server/src/x.ts',
    specifier: '@twohop/sdk',
    expect: 'The server imports @twohop/api',
  },
  {
    rule: 'wire.ts alone chooses an adapter of the server',
    file: 'apps/server/src/y.ts',
    specifier: './adapters/system-clock.ts',
    expect: 'wire.ts is the one place',
  },
  {
    rule: 'wire.ts alone chooses an adapter of quota',
    file: 'apps/server/src/z.ts',
    specifier: '@twohop/quota/sqlite',
    expect: 'wire.ts is the one place',
  },
  {
    rule: 'nobody imports an app',
    file: 'packages/api/src/z.ts',
    specifier: '@twohop/server',
    expect: 'api imports quota, and types',
  },
  {
    rule: 'extension goes through the sdk',
    file: 'apps/extension/app/background/x.ts',
    specifier: '@twohop/ml-client',
    expect: 'A client reaches the server only through @twohop/sdk',
  },
  {
    rule: 'extension takes types alone from api',
    file: 'apps/extension/app/background/y.ts',
    specifier: '@twohop/api',
    expect: 'A client takes types alone',
  },
  {
    rule: 'console goes through the sdk',
    file: 'apps/console/src/x.ts',
    specifier: '@twohop/quota',
    expect: 'The console reaches the server only through @twohop/sdk',
  },
  {
    rule: 'console takes nothing of tooling but the forecast',
    file: 'apps/console/src/y.ts',
    specifier: '@twohop/tooling/stack',
    expect: 'of tooling it takes the forecast alone',
  },
  {
    rule: 'app/platform alone touches Firebase',
    file: 'apps/extension/app/views/x.ts',
    specifier: 'firebase/app',
    expect: 'Only app/platform touches Firebase',
  },
  {
    rule: 'plain firebase/auth loads remote code',
    file: 'apps/extension/app/platform/x.ts',
    specifier: 'firebase/auth',
    expect: 'import firebase/auth/web-extension',
  },
  { rule: 'no ~ imports', file: 'apps/extension/app/views/y.ts', specifier: '~core/marks', expect: 'write the relative path' },
  {
    rule: 'no @plasmohq packages',
    file: 'apps/extension/src/x.ts',
    specifier: '@plasmohq/messaging',
    expect: '@plasmohq/* is unmaintained',
  },
  {
    rule: 'app/core is pure',
    file: 'apps/extension/app/core/x.ts',
    specifier: '../platform/storage.ts',
    expect: 'app/core is pure',
  },
  {
    rule: 'content scripts never call the server',
    file: 'apps/extension/app/contents/x.ts',
    specifier: '@twohop/sdk',
    expect: 'Content scripts never call the network',
  },
  {
    rule: 'no React in pages',
    file: 'apps/extension/app/contents/y.ts',
    specifier: 'react',
    expect: 'React adds 230 KB',
  },
  {
    rule: 'tools drive real processes',
    file: 'tooling/src/x.ts',
    specifier: '@twohop/quota',
    expect: 'Tools drive real processes',
  },
  {
    rule: 'the forecast is pure',
    file: 'tooling/src/forecast/core/x.ts',
    specifier: '@twohop/sdk',
    expect: 'The forecast is pure',
  },
  {
    rule: 'the forecast runs in a web page',
    file: 'tooling/src/forecast/core/y.ts',
    specifier: 'node:fs',
    expect: 'The forecast runs in a web page too',
  },
  { rule: 'e2e drives real processes', file: 'e2e/src/x.ts', specifier: '@twohop/server', expect: 'End-to-end tests drive' },
  {
    rule: 'config.ts alone imports env',
    file: 'packages/api/src/w.ts',
    specifier: 'node:process',
    expect: 'take the value as a parameter',
  },
];

/** Each arrow of lint/arrows.ts, broken once. */
export const arrowViolations: readonly Violation[] = arrows.map(({ specifier, ...arrow }) => ({
  ...arrow,
  plant: `import { env } from '${specifier}';\nexport const planted = env;\n`,
}));
