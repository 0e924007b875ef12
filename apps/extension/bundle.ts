import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import type { AppSettings } from './app/core/settings.ts';

export const root = import.meta.dirname;

export interface BundleOptions {
  readonly settings: AppSettings;
  /** Readable code that reloads itself after each build. */
  readonly development: boolean;
}

/**
 * One plain script an entry (and its CSS), with everything it needs inside. Plasmo's own bundler drops modules of
 * packages like zod and says nothing: it only gets to see these finished files.
 */
export const bundleOptions = ({ settings, development }: BundleOptions) =>
  ({
    absWorkingDir: root,
    entryPoints: {
      background: join(root, 'app/background/main.ts'),
      options: join(root, 'app/views/options/main.tsx'),
      page: join(root, 'app/contents/page/main.ts'),
      popup: join(root, 'app/views/popup/main.tsx'),
      sidepanel: join(root, 'app/views/panel/main.tsx'),
      welcome: join(root, 'app/views/welcome/main.tsx'),
    },
    alias: { re2js: join(root, 'app/platform/no-regular-expressions.ts') },
    outdir: 'dist',
    write: false,
    bundle: true,
    // A script in a page shares one scope with what was injected before it: names at its top would clash.
    format: 'iife',
    platform: 'browser',
    target: ['chrome120', 'firefox140'],
    jsx: 'automatic',
    minify: !development,
    legalComments: 'none',
    charset: 'utf8',
    metafile: true,
    logLevel: 'silent',
    define: {
      __TWOHOP__: JSON.stringify(settings),
      __TWOHOP_RELOADS__: String(development),
      'process.env.NODE_ENV': JSON.stringify(development ? 'development' : 'production'),
    },
  }) satisfies BuildOptions;
