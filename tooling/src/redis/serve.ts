/**
 * A real Redis for a test that may not import these tools: `node serve.ts` prints its URL, sends it the signals that its input
 * names, a line each, answers each with `done`, and ends with its input.
 */
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { startRedis } from '../redis.ts';

const redis = await startRedis();
const isSignal = (name: string): name is NodeJS.Signals => Object.hasOwn(constants.signals, name);
console.log(redis.url);
for await (const line of createInterface({ input: process.stdin })) {
  if (!isSignal(line)) throw new Error(`"${line}" is no signal`);
  redis.signal(line);
  console.log('done');
}
// Of what `stop` waits for, nothing keeps this process alive by itself.
const alive = setInterval(() => undefined, 1_000);
await redis.stop();
clearInterval(alive);
