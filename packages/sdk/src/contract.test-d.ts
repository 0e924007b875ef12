import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '@twohop/api';
import { expectTypeOf } from 'vitest';
import type { Twohop } from './client.ts';
import type { TwohopError } from './error.ts';

/**
 * The surface that clients of other makers compile against, pinned. A change of the router that changes it must change this
 * file too, and with it the version.
 */
type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

interface Mark {
  text: string;
  start: number;
  end: number;
  score: number;
}
interface Receipt {
  runId: string;
  computeUs: number;
  priceMicroUsd: number;
  priceAsOf: string;
  remainingUs: number;
  resetsAt: string;
  cached: boolean;
}
interface AccountRecord {
  plan: string | null;
  blocked: boolean;
}

expectTypeOf<Exclude<keyof Twohop, symbol>>().toEqualTypeOf<'account' | 'admin' | 'embeddings' | 'highlights' | 'search'>();
expectTypeOf<keyof Twohop['account']>().toEqualTypeOf<'delete' | 'export' | 'me' | 'quota' | 'quote'>();
expectTypeOf<keyof Twohop['admin']>().toEqualTypeOf<'account' | 'setAccount' | 'setKillSwitch'>();

expectTypeOf<keyof Twohop['highlights']['run']>().toEqualTypeOf<'mutate'>();
expectTypeOf<Inputs['highlights']['run']>().toEqualTypeOf<{
  text: string;
  count?: number | undefined;
  diversity?: number | undefined;
}>();
expectTypeOf<Outputs['highlights']['run']>().toEqualTypeOf<{
  model: string;
  highlights: Mark[];
  sentences: number;
  receipt: Receipt;
}>();

expectTypeOf<keyof Twohop['search']['run']>().toEqualTypeOf<'mutate'>();
expectTypeOf<Inputs['search']['run']>().toEqualTypeOf<{ query: string; text: string; count?: number | undefined }>();
expectTypeOf<Outputs['search']['run']>().toEqualTypeOf<{
  model: string;
  passages: Mark[];
  sentences: number;
  receipt: Receipt;
}>();

expectTypeOf<keyof Twohop['embeddings']['run']>().toEqualTypeOf<'mutate'>();
expectTypeOf<Inputs['embeddings']['run']>().toEqualTypeOf<{ texts: string[] }>();
expectTypeOf<Outputs['embeddings']['run']>().toEqualTypeOf<{ model: string; embeddings: number[][]; receipt: Receipt }>();

expectTypeOf<keyof Twohop['account']['me']>().toEqualTypeOf<'query'>();
expectTypeOf<Outputs['account']['me']>().toEqualTypeOf<{ uid: string; plan: string; anonymous: boolean }>();

expectTypeOf<keyof Twohop['account']['quota']>().toEqualTypeOf<'query'>();
expectTypeOf<Outputs['account']['quota']>().toEqualTypeOf<{
  plan: string;
  computeDay: { limitUs: number; usedUs: number; heldUs: number; remainingUs: number; resetsAt: string };
  requestsPerMinute: number;
  concurrent: { limit: number; running: number };
}>();

expectTypeOf<keyof Twohop['account']['quote']>().toEqualTypeOf<'query'>();
expectTypeOf<Inputs['account']['quote']>().toEqualTypeOf<{
  procedure: 'embeddings.run' | 'highlights.run' | 'search.run';
  chars: number;
}>();
expectTypeOf<Outputs['account']['quote']>().toEqualTypeOf<{
  p50Us: number;
  p95Us: number;
  p50MicroUsd: number;
  p95MicroUsd: number;
  secondsP50: number;
  learnedFromRuns: number;
  remainingUs: number;
  resetsAt: string;
  fits: boolean;
}>();

expectTypeOf<keyof Twohop['account']['export']>().toEqualTypeOf<'query'>();
expectTypeOf<Outputs['account']['export']>().toEqualTypeOf<{
  account: AccountRecord;
  usage: { day: string; procedure: string; runs: number; computeUs: number; userUs: number; microUsd: number }[];
  runs: {
    runId: string;
    procedure: string;
    state: 'expired' | 'gone' | 'held' | 'released' | 'settled';
    createdAt: string;
    computeUs: number | null;
    userUs: number | null;
    capMicroUsd: number | null;
  }[];
  windows: { scope: string; window: number; settled: number; held: number }[];
}>();

expectTypeOf<keyof Twohop['account']['delete']>().toEqualTypeOf<'mutate'>();
expectTypeOf<Outputs['account']['delete']>().toEqualTypeOf<{ deleted: true }>();

expectTypeOf<keyof Twohop['admin']['account']>().toEqualTypeOf<'query'>();
expectTypeOf<Inputs['admin']['account']>().toEqualTypeOf<{ uid: string }>();
expectTypeOf<Outputs['admin']['account']>().toEqualTypeOf<AccountRecord>();
expectTypeOf<keyof Twohop['admin']['setAccount']>().toEqualTypeOf<'mutate'>();
expectTypeOf<Inputs['admin']['setAccount']>().toEqualTypeOf<{ plan: string | null; blocked: boolean; uid: string }>();
expectTypeOf<Outputs['admin']['setAccount']>().toEqualTypeOf<AccountRecord>();
expectTypeOf<keyof Twohop['admin']['setKillSwitch']>().toEqualTypeOf<'mutate'>();
expectTypeOf<Inputs['admin']['setKillSwitch']>().toEqualTypeOf<{ on: boolean }>();
expectTypeOf<Outputs['admin']['setKillSwitch']>().toEqualTypeOf<{ on: boolean }>();

expectTypeOf<TwohopError['fault']>().toEqualTypeOf<{
  readonly message: string;
  readonly field?: string;
  readonly retryAfterMs?: number;
  readonly resetsAt?: string;
  readonly limit?: string;
  readonly reference?: string;
}>();
