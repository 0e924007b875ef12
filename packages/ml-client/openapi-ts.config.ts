import { defineConfig } from '@hey-api/openapi-ts';

/** What generate.ts fixes; it passes the document and the folder. No client: src/client.ts is ours. */
export default defineConfig({
  input: '../../ml-service/openapi.json',
  logs: { level: 'silent', file: false },
  output: { path: 'src/generated', entryFile: false, module: { extension: '.ts' } },
  plugins: [{ name: '@hey-api/typescript' }, { name: 'zod', compatibilityVersion: 4 }],
});
