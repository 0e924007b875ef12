/**
 * A real PostgreSQL for a test that may not import these tools: `node serve.ts` prints its URL, obeys the lines of its input
 * (`kill`, `start`, or a signal's name), answers each with `done`, and ends with its input.
 */
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { startPostgres } from '../postgres.ts';

const postgres = await startPostgres();
const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(constants.signals, name);
console.log(postgres.url);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'kill' || line === 'start') await postgres[line]();
  else if (isSignal(line)) await postgres.signal(line);
  else throw new Error(`"${line}" is neither kill, start nor a signal`);
  console.log('done');
}
// Of what `stop` waits for, nothing keeps this process alive by itself.
const alive = setInterval(() => undefined, 1_000);
await postgres.stop();
clearInterval(alive);
