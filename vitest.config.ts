import { defineConfig } from 'vitest/config';

/** A console call in these projects fails the test: a library prints nothing, the server logs through pino. */
const failOnConsole = `${import.meta.dirname}/tooling/src/vitest/fail-on-console.ts`;

const unit = (name: string, root: string) => ({
  test: { name, root, include: ['{src,app,store,test}/**/*.test.{ts,tsx}'], exclude: ['**/node_modules/**', '**/build/**'] },
});

const silent = (name: string, root: string) => {
  const project = unit(name, root);
  return { test: { ...project.test, setupFiles: [failOnConsole] } };
};

/** What takes long and stays out of `npm run check`. Copies of the tree that are run over: they only need to come to their end. */
const guards = ['src/canary/**', 'src/contract-prove/**', 'src/dev/real/**', 'src/adopt/**', 'src/deploy/**', 'src/docs/**'];

/** Likewise; servers under load, which are told by what they answer in time. */
const proofs = ['src/prove/**', 'src/bench/**', 'src/soak/**', 'src/attack/**', 'src/conformance/**', 'src/doctor/real/**'];

const slow = (name: string, folders: readonly string[]) => ({
  test: {
    name,
    root: 'tooling',
    include: folders.map((folder) => `${folder}/*.test.ts`),
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});

export default defineConfig({
  test: {
    projects: [
      silent('quota', 'packages/quota'),
      silent('ml-client', 'packages/ml-client'),
      silent('api', 'packages/api'),
      silent('sdk', 'packages/sdk'),
      silent('server', 'apps/server'),
      unit('extension', 'apps/extension'),
      { test: { ...unit('tooling', 'tooling').test, exclude: ['**/node_modules/**', ...guards, ...proofs] } },
      slow('guards', guards),
      slow('proofs', proofs),
      { test: { ...unit('firebase', 'firebase').test, fileParallelism: false } },
      {
        test: {
          name: 'e2e',
          root: 'e2e',
          include: ['**/*.test.ts'],
          globalSetup: [`${import.meta.dirname}/e2e/src/auth-emulator.ts`],
          setupFiles: [`${import.meta.dirname}/e2e/src/no-users.ts`],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
