import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTwohop, type Twohop } from '@twohop/sdk';
import type { TwohopConfig } from '@twohop/server/config';
import { startStack } from '../stack.ts';

/** A signed-in client of a real stack, with the model's own door beside it. */
export interface QuoteStack {
  readonly twohop: Twohop;
  /** Runs a text past the server, which learns nothing of it. Resolves with the model's own report. */
  computeUsOf(text: string): Promise<number>;
  stop(): Promise<void>;
}

const AMPLE_SECONDS = 10_000_000;

/** No limit stands in the way of the load; what a run may use at worst is what the shipped config says. */
const config: TwohopConfig = {
  plans: {
    ample: {
      requestsPerMinute: 1_000_000,
      concurrentRuns: 10,
      computeDaySeconds: AMPLE_SECONDS,
      computeMonthSeconds: AMPLE_SECONDS,
    },
  },
  defaultPlan: 'ample',
  anonymousPlan: 'ample',
  ip: { requestsPerMinute: 1_000_000, computeDaySeconds: AMPLE_SECONDS },
  anonymousPool: { computeDaySeconds: AMPLE_SECONDS },
  cap: { dayUsd: 1_000_000, monthUsd: 1_000_000 },
  price: { usdPerComputeSecond: 0.00004, asOf: '2026-08-01', source: 'bench' },
  run: { deadlineSeconds: 20, longestBatchSeconds: 2, workers: 1, attempts: 1, leaseSeconds: 30 },
  keepReceiptsDays: 400,
};

export async function openQuoteStack(): Promise<QuoteStack> {
  const folder = await mkdtemp(join(tmpdir(), 'twohop-bench-quote-'));
  const configPath = join(folder, 'twohop.config.mjs');
  await writeFile(configPath, `export default ${JSON.stringify(config)};\n`);
  // The server has read its config once the stack is up.
  const stack = await startStack({ env: { TWOHOP_CONFIG: configPath, LOG_LEVEL: 'warn' } }).finally(() =>
    rm(folder, { recursive: true, force: true }),
  );
  try {
    const { idToken } = await stack.signUp({ email: 'bench@twohop.test', password: crypto.randomUUID() });
    return {
      twohop: createTwohop({ url: stack.urls.server, getToken: async () => idToken }),
      computeUsOf: (text) => report(stack.urls.ml, stack.mlKey, text),
      stop: stack.stop,
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function report(url: string, key: string, text: string): Promise<number> {
  const response = await fetch(`${url}/v1/highlights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
    body: JSON.stringify({ text }),
  });
  const body = await response.text();
  const computeUs = Number(response.headers.get('x-compute-us') ?? Number.NaN);
  if (!response.ok || !(computeUs > 0)) throw new Error(`the model answered ${response.status} without a report: ${body}`);
  return computeUs;
}
