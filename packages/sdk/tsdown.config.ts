import { defineConfig } from 'tsdown';

/** One ESM file an entry; what it takes from @twohop/api is the error table, and that is written into it, its types too. */
export default defineConfig({
  entry: ['src/index.ts', 'src/react.ts'],
  platform: 'neutral',
  target: 'es2022',
  dts: { tsconfig: 'tsconfig.build.json' },
  fixedExtension: false,
  publint: { level: 'suggestion', strict: true },
  attw: { profile: 'esm-only', level: 'error' },
  failOnWarn: false,
});
