/**
 * Writes openapi.json from the router's schemas; with `--check` it changes nothing and ends with 1 when the file is another.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openapi } from './src/openapi.ts';

const file = join(import.meta.dirname, 'openapi.json');
const wanted = `${JSON.stringify(openapi(), null, 2)}\n`;
if (!process.argv.includes('--check')) await writeFile(file, wanted);
else if ((await readFile(file, 'utf8')) !== wanted) {
  console.error('packages/api/openapi.json is not what the router says: run `pnpm --filter @twohop/api generate`.');
  process.exitCode = 1;
}
