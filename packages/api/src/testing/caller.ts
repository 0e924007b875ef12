import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRPCError } from '@trpc/server';
import { type Policy, quota, type Store } from '@twohop/quota';
import { sqliteStore } from '@twohop/quota/sqlite';
import { onTestFinished } from 'vitest';
import { admission } from '../admission.ts';
import type { RequestContext } from '../context.ts';
import { type FaultDetails, faultOf } from '../fault.ts';
import { appRouter } from '../index.ts';
import type { Seen } from '../operator-schemas.ts';
import type { Asked, Deps, Found, Identity, Model, ModelFailure, ModelReply, Results, RunEvent } from '../ports.ts';
import { untraced } from '../traces.ts';
import { t } from '../trpc.ts';

const policy: Policy = {
  plans: {
    free: { requestsPerMinute: 100, concurrentRuns: 2, computeDayUs: 25_000, computeMonthUs: 500_000 },
    anonymous: { requestsPerMinute: 100, concurrentRuns: 1, computeDayUs: 20_000, computeMonthUs: 20_000 },
  },
  defaultPlan: 'free',
  anonymousPlan: 'anonymous',
  ip: { computeDayUs: 500_000 },
  anonymousPool: { computeDayUs: 50_000 },
  cap: { dayMicroUsd: 100_000, monthMicroUsd: 100_000 },
  price: { nanoUsdPerSecond: 1_000_000_000, asOf: '2026-08-01' },
  run: { deadlineMs: 8, longestBatchMs: 2, workers: 1, attempts: 1, leaseMs: 60_000 },
};

const answer = <T>(body: T): ModelReply<T> => ({ ok: true, body, computeUs: 1_000, timings: { compute: 1 } });
export const failure = (more: Partial<ModelFailure>): { ok: false; failure: ModelFailure } => ({
  ok: false,
  failure: {
    code: 'upstream.timeout',
    dispatched: true,
    computeUs: null,
    retryAfterMs: null,
    field: null,
    message: null,
    ...more,
  },
});

const mark = { text: 'A sentence.', start: 0, end: 11, score: 0.5 };
export const workingModel: Model = {
  highlights: async () => answer({ model: 'm', sentences: 3, highlights: [mark] }),
  search: async () => answer({ model: 'm', sentences: 3, passages: [mark] }),
  embeddings: async ({ texts }) => answer({ model: 'm', embeddings: texts.map(() => [1, 0]) }),
};

const seen: Seen = {
  instance: 'one',
  since: '2026-01-15T11:00:00.000Z',
  slices: [],
  refusals: [{ code: 'limit.rate', count: 2 }],
  attempts: { count: 0, toldFrom: 50, kinds: [], from: [] },
  alerts: { now: [], told: [], channels: [] },
};

const createCaller = t.createCallerFactory(appRouter);

const ann: Identity = { issuer: 'iss', uid: 'ann', anonymous: false, email: 'ann@example.com', subject: null };

export interface TestServer {
  readonly ledger: Store;
  readonly observed: string[];
  readonly logged: object[];
  /** A client of one request; tokens are `ann`, `anonymous`, or a refusal's code. */
  caller(request?: Partial<RequestContext>): ReturnType<typeof createCaller>;
  /** Settled and held of the user's day and the cap's day. */
  balances(): Promise<{ user: { settled: number; held: number }; cap: { settled: number; held: number } }>;
}

/** The real router on a real ledger; only the token's verifier and the model are set by the test. */
export async function testServer(more: Partial<Deps> = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'twohop-api-'));
  const ledger = await sqliteStore({ path: join(folder, 'ledger.db'), deadlineMs: 5_000 });
  onTestFinished(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });
  const observed: string[] = [];
  const logged: object[] = [];
  const nowMs = Date.UTC(2026, 0, 15, 12);
  const clock = { nowMs: () => nowMs, every: () => () => undefined };
  const deps: Deps = {
    identity: { verify: async (token) => verdict(token) },
    attestation: { check: async () => null },
    clientVersions: { oldest: null, newest: null },
    rates: { take: async () => null },
    quota: quota({ ledger, policy, clock, onExcess: () => undefined }),
    policy,
    model: workingModel,
    admission: admission({ nowMs: clock.nowMs }),
    accounts: ledger,
    results: remembering(),
    log: { info: () => undefined, warn: () => undefined, error: (entry) => void logged.push(entry) },
    observe: ({ procedure, code }) => void observed.push(`${procedure} ${code}`),
    operator: { settings: [{ name: 'HASH_KEY', value: 'set' }], hosting: null, seen: () => seen },
    traces: untraced,
    nowMs: clock.nowMs,
    newId: () => crypto.randomUUID(),
    hash: (text) => text,
    hashName: (text) => text,
    adminEmails: new Set(['root@example.com']),
    ending: new AbortController().signal,
    wait: () => Promise.resolve(),
    ...more,
  };
  const request = {
    id: 'request-1',
    newRunId: () => crypto.randomUUID(),
    token: 'ann',
    appCheckToken: null,
    clientVersion: null,
    traceparent: null,
    idempotencyKey: null,
    ipBucket: '192.0.2.1',
    timings: new Map(),
  };
  const line = { window: Math.floor(nowMs / 86_400_000), amount: 0, limit: 0, code: 'limit.quota', resetsAtMs: 0 } as const;
  return {
    ledger,
    observed,
    logged,
    caller: (own) => createCaller({ deps, request: { ...request, signal: new AbortController().signal, ...own } }),
    balances: async () => {
      const user = { ...line, scope: 'user-day:iss|ann', unit: 'computeUs' } as const;
      const { lines } = await ledger.usage({
        owner: 'iss|ann',
        person: null,
        lines: [user, { ...line, scope: 'cap-day', unit: 'microUsd' }],
        nowMs,
      });
      const [day, cap] = lines;
      if (!day || !cap) throw new Error('the ledger left out a line');
      return { user: day, cap };
    },
  };
}

function verdict(token: string): Awaited<ReturnType<Deps['identity']['verify']>> {
  if (token === 'anonymous') return { ...ann, anonymous: true };
  for (const refused of ['auth.expired', 'auth.invalid', 'auth.revoked', 'auth.blocked'] as const)
    if (token === refused) return { refused };
  if (token === 'auth.unavailable') return { refused: token, retryAfterMs: 5_000 };
  return { ...ann, uid: token, email: `${token}@example.com` };
}

/** Keeps nothing, like a process that has just been started. */
export const forgetful: Results = {
  keep: () => undefined,
  find: async () => undefined,
  append: () => undefined,
  eventsOf: async () => undefined,
  isWatched: async () => false,
  forget: async () => undefined,
};

/** Keeps everything, successes and failures, for one test. */
export function remembering(): Results {
  const kept: (Asked & Pick<Found, 'output'>)[] = [];
  const logs = new Map<string, { input: string; events: RunEvent[] }>();
  const watched = new Set<string>();
  return {
    keep: (asked, output) => void kept.push({ ...asked, output }),
    find: async ({ owner, key, input }) => {
      const own = kept.filter((each) => each.owner === owner);
      const byKey = own.find((each) => each.key === key);
      if (byKey) return { by: 'key', ...byKey };
      const byInput = own.find((each) => each.input === input);
      return byInput && { by: 'input', ...byInput };
    },
    append: ({ owner, key, input }, event) => {
      const name = `${owner} ${key}`;
      if (event.seq === 0) logs.set(name, { input, events: [] });
      logs.get(name)?.events.push(event);
    },
    eventsOf: async ({ owner, key }, from) => {
      watched.add(`${owner} ${key}`);
      const log = logs.get(`${owner} ${key}`);
      return log && { ...log, events: log.events.slice(from) };
    },
    // Whoever asked is gone at the next look.
    isWatched: async ({ owner, key }) => watched.delete(`${owner} ${key}`),
    forget: async () => void kept.splice(0),
  };
}

/** The failure of a call that must fail, as its client sees it. */
export async function faultFrom(call: Promise<unknown>): Promise<FaultDetails> {
  const error = await call.then(
    () => new Error('expected a failure'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCError)) throw error;
  return faultOf(error, 'request-1');
}
