import type { Asked, RunOutput } from '@twohop/api';

export const asked = (key: string, input: string, owner = 'iss|ann'): Asked => ({ owner, key, input });

/** What a run answers; `text` is the procedure's own part of it. */
export const output = (text: string, model = 'm1'): RunOutput & { readonly text: string } => ({
  model,
  text,
  receipt: {
    runId: '0b7e9d1c-5a0e-4a3f-9d0e-2f4f2c1e7a55',
    computeUs: 1_000,
    priceMicroUsd: 40,
    priceAsOf: '2026-08-01',
    remainingUs: 24_000,
    resetsAt: '2026-01-16T00:00:00.000Z',
    cached: false,
  },
});
