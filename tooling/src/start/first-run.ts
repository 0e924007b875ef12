import { createTwohop } from '@twohop/sdk';
import type { Stack } from '../stack.ts';

type Reply = Awaited<ReturnType<ReturnType<typeof createTwohop>['highlights']['run']['mutate']>>;

export interface FirstRun extends Pick<Reply, 'highlights' | 'sentences'> {
  readonly receipt: Pick<Reply['receipt'], 'runId' | 'computeUs' | 'priceMicroUsd' | 'priceAsOf' | 'remainingUs' | 'resetsAt'>;
  /** Milliseconds by hop, in the order in which they happen; those of the model stand behind `model`. */
  readonly hopsMs: Readonly<Record<string, number>>;
}

/** Signs a user in and sends the text through every hop, as any client would: through the sdk, over the network. */
export const firstRun = async (stack: Stack, text: string, signal: AbortSignal): Promise<FirstRun> => {
  const signInMs = stopwatch();
  const session = await stack.signUp({ email: 'you@twohop.test', password: crypto.randomUUID() });
  const hopsMs: Record<string, number> = { 'sign-in': signInMs() };
  let timing = '';
  const twohop = createTwohop({
    url: stack.urls.server,
    getToken: async () => session.idToken,
    fetch: async (...request) => {
      const response = await fetch(...request);
      timing = response.headers.get('server-timing') ?? '';
      return response;
    },
  });
  const roundTripMs = stopwatch();
  const { highlights, sentences, receipt } = await twohop.highlights.run.mutate({ text }, { signal });
  const totalMs = roundTripMs();
  const steps = parseTiming(timing);
  // The model's own steps lie within the server's step `model`.
  const serverMs = steps.filter(([name]) => !name.startsWith('model-')).reduce((sum, [, ms]) => sum + ms, 0);
  hopsMs['client-to-server'] = round(Math.max(0, totalMs - serverMs));
  for (const [name, ms] of steps) hopsMs[name] = ms;
  hopsMs['total'] = round(totalMs + (hopsMs['sign-in'] ?? 0));
  return { highlights, sentences, receipt, hopsMs };
};

const stopwatch = () => {
  const beganMs = performance.now();
  return () => round(performance.now() - beganMs);
};

const round = (ms: number): number => Math.round(ms * 100) / 100;

/** `authenticate;dur=1.2, model;dur=80` → `[['authenticate', 1.2], ['model', 80]]`. */
export const parseTiming = (header: string): [string, number][] =>
  [...header.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, name = '', ms = '0']) => [name, Number(ms)]);
