import { cpus, loadavg } from 'node:os';
import { extentOf } from '@twohop/api';
import { randomFrom } from '../random.ts';
import { Refusal } from '../refusal.ts';
import { type Report, resultOf } from './figures.ts';
import { judgeQuotes, type Quoted } from './quote-figures.ts';
import { openQuoteStack, type QuoteStack } from './quote-stack.ts';
import { textOf } from './quote-texts.ts';

export interface QuoteBench {
  readonly quick: boolean;
  readonly store: string | undefined;
  readonly tell: (line: string) => void;
}

interface Extent {
  readonly learned: number;
  readonly judged: number;
  readonly fromChars: number;
  readonly toChars: number;
}

const FULL: Extent = { learned: 200, judged: 300, fromChars: 200, toChars: 20_000 };
/** Few runs know something of each other only when they are alike. */
const QUICK: Extent = { learned: 20, judged: 10, fromChars: 400, toChars: 800 };

const SEED = 20_261_126;
const SAME_TEXT_CHARS = 2_000;

/** What `account.quote` says before a run against what the receipt says after it, on the real model. */
export async function benchQuote({ quick, store, tell }: QuoteBench): Promise<Report> {
  if (store !== undefined)
    throw new Refusal('--store: quotes are learned in memory, so this bench has no stores to choose from.');
  const load = loadavg()[0] ?? Number.NaN;
  const stack = await openQuoteStack();
  try {
    return await measure(stack, { extent: quick ? QUICK : FULL, load, tell });
  } finally {
    await stack.stop();
  }
}

interface Measured extends Pick<QuoteBench, 'tell'> {
  readonly extent: Extent;
  /** Of the machine before anything of this bench ran: what else it was busy with. */
  readonly load: number;
}

async function measure(stack: QuoteStack, { extent, load, tell }: Measured): Promise<Report> {
  const { learned, judged } = extent;
  const random = randomFrom(SEED);
  const next = () => textOf(Math.round(extent.fromChars * (extent.toChars / extent.fromChars) ** random()), random);
  const sameText = textOf(SAME_TEXT_CHARS, random);
  const [runMs, quoteMs, quoted, sameTextUs]: [number[], number[], Quoted[], number[]] = [[], [], [], []];
  for (let run = 0; run < learned + judged; run++) {
    const text = next();
    const quote = run < learned ? undefined : await timed(quoteMs, () => quoteOf(stack, text));
    const actualUs = await timed(runMs, () => receiptOf(stack, text));
    if (quote) {
      quoted.push({ ...quote, actualUs });
      sameTextUs.push(await stack.computeUsOf(sameText));
    }
    if ((run + 1) % 50 === 0) tell(`quote: ${run + 1} of ${learned + judged} runs`);
  }
  return {
    results: [oneByOne('highlights.run', runMs), oneByOne('account.quote', quoteMs)],
    ...judgeQuotes(quoted, sameTextUs),
    notes: [
      `${learned} runs were learned from, ${judged} judged, each of another text of ${extent.fromChars} to ${extent.toChars} characters (seed ${SEED}), with the real model behind a real server.`,
      `The noise is that of one text of ${SAME_TEXT_CHARS} characters, sent straight to the model after each judged run. The machine's load was ${load.toFixed(2)} on ${cpus().length} CPUs before the bench began.`,
    ],
  };
}

const oneByOne = (name: string, latencies: readonly number[]) =>
  resultOf(name, 1, { latencies, ms: latencies.reduce((sum, each) => sum + each, 0) });

const quoteOf = ({ twohop }: QuoteStack, text: string) =>
  twohop.account.quote.query({ procedure: 'highlights.run', ...extentOf([text]) });

async function receiptOf({ twohop }: QuoteStack, text: string): Promise<number> {
  const { receipt } = await twohop.highlights.run.mutate({ text });
  if (receipt.cached) throw new Error('a bench must not be answered from memory');
  return receipt.computeUs;
}

async function timed<T>(into: number[], work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const result = await work();
  into.push(performance.now() - startMs);
  return result;
}
