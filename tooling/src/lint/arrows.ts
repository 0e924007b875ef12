/**
 * The arrows of DESIGN §2 as lint overrides: which of our packages a folder may import, and what else it must not reach.
 * Oxlint replaces a rule's options where overrides overlap, it doesn't merge them: each folder therefore has one entry.
 */

interface Restriction {
  readonly name?: string;
  readonly regex?: string;
  readonly group?: string[];
  readonly importNames?: string[];
  readonly allowTypeImports?: boolean;
  readonly message: string;
}

const envImport: Restriction = {
  name: 'node:process',
  importNames: ['env'],
  message: 'Only apps/server/src/config.ts reads the environment: take the value as a parameter.',
};

/** Refuses every package of ours but the listed ones (exact names and their listed subpaths, `*` for any subpath). */
const ours = (allowed: readonly string[], message: string): Restriction => ({
  group: ['@twohop/**', ...allowed.map((name) => `!@twohop/${name}`)],
  message,
});

const typesOnly = (name: string, message: string): Restriction => ({ name, allowTypeImports: true, message });

const nothingOfOurs = (name: string) =>
  ours([], `${name} depends on nothing of ours: declare the port here and let the consumer pass the value.`);

const typesOfApi = [
  typesOnly('@twohop/api', 'A client takes types alone from @twohop/api: write `import type`, or import @twohop/api/errors.'),
];

const clientArrows = [
  ours(
    ['sdk', 'api', 'api/errors'],
    'A client reaches the server only through @twohop/sdk (and the codes of @twohop/api/errors).',
  ),
  ...typesOfApi,
];

const plasmo: Restriction[] = [
  { regex: '^~', message: 'Plasmo resolves `~` by itself, esbuild and tsc do not: write the relative path.' },
  { regex: '^@plasmohq/', message: '@plasmohq/* is unmaintained or drops modules at build: write it in app/platform.' },
];

const firebase: Restriction = {
  regex: '^firebase(/|$)',
  message: 'Only app/platform touches Firebase: add a function there and import that.',
};

const plainAuth: Restriction = {
  name: 'firebase/auth',
  message: 'Plain firebase/auth loads remote code, stores reject it: import firebase/auth/web-extension.',
};

const extension = [...clientArrows, ...plasmo];

const restrict = (files: readonly string[], restrictions: readonly Restriction[]) => ({ files, restrictions });

const server = ours(
  ['api', 'api/*', 'quota', 'ml-client'],
  'The server imports @twohop/api, quota and ml-client; clients call it over HTTP.',
);

const apiOurs = 'api imports quota, and types of ml-client: declare a port and let wire.ts pass the rest.';
const apiTypesOfMl = typesOnly(
  '@twohop/ml-client',
  'api knows ml-client as types only: write `import type` and take the client from the context.',
);

const toolsDrive = 'Tools drive real processes: go through @twohop/sdk.';

const arrows = [
  restrict(['packages/quota/**'], [nothingOfOurs('quota')]),
  restrict(['packages/ml-client/**'], [nothingOfOurs('ml-client')]),
  restrict(['packages/api/**'], [ours(['quota', 'ml-client'], apiOurs), apiTypesOfMl]),
  restrict(['packages/api/**/*.test.ts', 'packages/api/src/testing/**'], [ours(['quota', 'quota/*', 'ml-client'], apiOurs)]),
  restrict(
    ['packages/sdk/**'],
    [
      ours(['api', 'api/errors'], 'The sdk imports @twohop/api only: it runs in browsers.'),
      typesOnly('@twohop/api', 'The sdk takes types alone from @twohop/api: write `import type`, or import @twohop/api/errors.'),
    ],
  ),
  restrict(
    ['apps/server/**'],
    [
      server,
      {
        regex: '^(\\.{1,2}/adapters/|@twohop/quota/)',
        message: 'wire.ts is the one place where a provider is chosen: take the port as a dependency.',
      },
    ],
  ),
  restrict(
    ['apps/server/src/wire.ts', 'apps/server/src/runtimes/**', 'apps/server/**/*.test.ts'],
    [ours(['api', 'api/*', 'quota', 'quota/*', 'ml-client', 'ml-client/*'], server.message)],
  ),
  restrict(
    ['apps/console/**'],
    [
      ours(
        ['sdk', 'tooling/forecast', 'tooling/forecast/*'],
        'The console reaches the server only through @twohop/sdk, and of tooling it takes the forecast alone.',
      ),
    ],
  ),
  restrict(['apps/extension/**'], [...extension, firebase]),
  restrict(
    ['apps/extension/app/core/**'],
    [
      ...extension,
      firebase,
      { regex: '(^|/)(platform|background|views|contents)/', message: 'app/core is pure: take what you need as a parameter.' },
    ],
  ),
  restrict(
    ['apps/extension/app/contents/**'],
    [
      // The sdk isn't refused by a pattern of its own: one that another pattern excepts (`!`) passes oxlint unseen.
      ours(['api', 'api/errors'], 'Content scripts never call the network: send a message to the background.'),
      ...typesOfApi,
      ...plasmo,
      firebase,
      { regex: '^react(-dom)?(/|$)', message: 'React adds 230 KB to every page: build the few nodes with the DOM.' },
    ],
  ),
  restrict(['apps/extension/app/platform/**'], [...extension, plainAuth]),
  restrict(['tooling/**'], [ours(['sdk', 'api/errors', 'tooling/*'], toolsDrive)]),
  // Rules and dashboard are held against the metrics that there are.
  restrict(['tooling/src/deploy/**'], [ours(['sdk', 'api/errors', 'server/metrics', 'tooling/*'], toolsDrive)]),
  restrict(
    // The proof looks into the ledger, and runs schedules that no process can be made to run.
    [
      'tooling/src/prove/**',
      'tooling/src/bench/**',
      'tooling/src/attack/**',
      'tooling/src/conformance/**',
      'tooling/src/forecast/**',
    ],
    [ours(['sdk', 'api', 'api/errors', 'quota', 'quota/*', 'server/config', 'tooling/*'], toolsDrive)],
  ),
  restrict(
    // It reads settings and tells somebody as the server does.
    ['tooling/src/doctor/**'],
    [ours(['sdk', 'api/errors', 'quota', 'server/settings', 'server/alerts', 'tooling/*'], toolsDrive)],
  ),
  restrict(
    // A web page runs it as it is.
    ['tooling/src/forecast/core/**', 'tooling/src/queueing/**', 'tooling/src/random.ts'],
    [
      ours([], 'The forecast is pure: take what you need as a parameter.'),
      { regex: '^node:', message: 'The forecast runs in a web page too: nothing of Node, take what you need as a parameter.' },
    ],
  ),
  restrict(
    ['e2e/**', 'firebase/**'],
    [
      ours(
        ['sdk', 'api/errors', 'tooling/*', 'server/config', 'quota/sqlite'],
        'End-to-end tests drive real processes through @twohop/sdk; beside it they write settings and read the ledger.',
      ),
    ],
  ),
];

export const arrowOverrides = arrows.map(({ files, restrictions }) => {
  const paths = [envImport, ...restrictions].filter(({ name }) => name !== undefined);
  const patterns = restrictions.filter(({ name }) => name === undefined);
  const rule: ['error', object] = ['error', { paths, patterns }];
  return { files: [...files], rules: { 'no-restricted-imports': rule } };
});

/** Every refusal: the canary holds that each of them is shown to be in force. */
export const arrowMessages = [envImport, ...arrows.flatMap(({ restrictions }) => restrictions)].map(({ message }) => message);
