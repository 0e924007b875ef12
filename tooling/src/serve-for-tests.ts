/**
 * A real PostgreSQL or Redis for a test that may not import these tools: `node serve-for-tests.ts postgres` prints its URL, obeys
 * the lines of its input (a signal's name, and PostgreSQL also `kill` and `start`), answers each with `done`, and ends with it.
 */
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(constants.signals, name);
const [kind] = process.argv.slice(2);
const postgres = kind === 'postgres' ? await startPostgres() : null;
const server = postgres ?? (await startRedis());
const signal = async (name: NodeJS.Signals): Promise<void> => server.signal(name);
console.log(server.url);
for await (const line of createInterface({ input: process.stdin })) {
  if (isSignal(line)) await signal(line);
  else if (postgres && (line === 'kill' || line === 'start')) await postgres[line]();
  else throw new Error(`${kind} cannot be told "${line}"`);
  console.log('done');
}
// Of what `stop` waits for, nothing keeps this process alive by itself.
const alive = setInterval(() => undefined, 1_000);
await server.stop();
clearInterval(alive);
