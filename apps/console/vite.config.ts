import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const jsonOf = (path: string): string => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

export default defineConfig({
  base: '/console/',
  build: {
    target: 'es2024',
    // The page's policy allows no `data:`.
    assetsInlineLimit: 0,
    // ECharts, in its own file.
    chunkSizeWarningLimit: 700,
  },
  // What the forecast reckons with, as it stood when the page was built.
  define: { PRICES: jsonOf('prices.json'), MEASURED: jsonOf('docs/benchmarks/compute.json') },
});
