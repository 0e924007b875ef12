/**
 * Key sentences of a text file, as they are found:
 *
 *   TWOHOP_URL=https://api.example.com TWOHOP_TOKEN=<ID token> node highlight.ts page.txt
 *   deno run --allow-env --allow-net --allow-read highlight.ts page.txt
 */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { createTwohop, streamHighlights, TwohopError } from '@twohop/sdk';

const { TWOHOP_URL: url = 'http://127.0.0.1:8787', TWOHOP_TOKEN: token } = process.env;
const [path] = process.argv.slice(2);
if (!token || !path) throw new Error('Set TWOHOP_TOKEN to an ID token, and name a text file.');

const twohop = createTwohop({ url, getToken: async () => token });
/** Ctrl-C ends the run, which pays for what ran. */
const leaving = new AbortController();
process.once('SIGINT', () => leaving.abort());

try {
  const text = await readFile(path, 'utf8');
  for await (const event of streamHighlights(twohop, { text, count: 3 }, { signal: leaving.signal })) {
    if (event.type === 'start') console.log(`run ${event.runId}: ${event.parts} part(s)`);
    if (event.type === 'part') console.log(`read ${event.end} of ${text.length} characters`);
    if (event.type !== 'done') continue;
    for (const { text: sentence, score } of event.highlights) console.log(`${score.toFixed(2)}  ${sentence}`);
    const { computeUs, priceMicroUsd, remainingUs } = event.receipt;
    console.log(`used ${computeUs} µs (${priceMicroUsd} millionths of a dollar), ${remainingUs} µs are left today`);
  }
} catch (error) {
  if (!(error instanceof TwohopError)) throw error;
  console.error(`${error.code}: ${error.message}${error.resetsAt ? ` New again at ${error.resetsAt}.` : ''}`);
  process.exitCode = 1;
}
