import { parseVersion, type VersionWindow } from '@twohop/api';
import { checkPolicy, type Policy } from '@twohop/quota';
import { z } from 'zod';
import type { Thresholds } from './alerts/conditions.ts';

const seconds = z.number().positive();
const count = z.int().positive();

const version = z.string().refine((text) => parseVersion(text) !== null, 'must be a version like 1.2.3');

const Plan = z.strictObject({
  requestsPerMinute: count,
  concurrentRuns: count,
  /** Model compute a user may spend in a UTC day. */
  computeDaySeconds: seconds,
  computeMonthSeconds: seconds,
});

const Hosting = z.strictObject({
  model: z.string(),
  firstHop: z.string(),
  database: z.string(),
  signIn: z.string(),
  modelInstances: count,
  serverInstances: count,
});

const Config = z.strictObject({
  plans: z.record(z.string(), Plan),
  /** Plan of whoever has an account. */
  defaultPlan: z.string(),
  /** Plan of whoever tries without one. */
  anonymousPlan: z.string(),
  /** One address, IPv6 by /64: all its users together. */
  ip: z.strictObject({ requestsPerMinute: count, computeDaySeconds: seconds }),
  /** All users without an account together. */
  anonymousPool: z.strictObject({ computeDaySeconds: seconds }),
  /** The project never spends more than this on the model, whatever happens. */
  cap: z.strictObject({ dayUsd: z.number().positive(), monthUsd: z.number().positive() }),
  /** What a second of model compute costs where it runs. `asOf` goes on every receipt. */
  price: z.strictObject({ usdPerComputeSecond: z.number().positive(), asOf: z.iso.date(), source: z.string() }),
  /** What one run may use at worst. */
  run: z.strictObject({
    deadlineSeconds: seconds,
    longestBatchSeconds: seconds,
    workers: count,
    attempts: count,
    leaseSeconds: seconds,
  }),
  /** Receipts of ended runs are forgotten after so many days. Keys of retries are known for one. */
  keepReceiptsDays: z.int().min(2),
  /** From when on somebody is told (docs/alerts.md). The caps are told at 50, 80 and 100 percent. */
  alerts: z
    .strictObject({
      /** Calls without a token, or with one that does not count, in five minutes. */
      unauthorizedPer5Minutes: count.default(50),
      newAccountsPerHour: count.default(100),
      /** At the pace of the last hour a day would cost so many times the dearest of the last seven. */
      spendSlope: z.number().min(1).default(4),
      /** What lasts is told again after so long. */
      quietMinutes: count.default(60),
      /** How old the model’s key may become, where ML_KEY_SINCE says when it was made. */
      keyDays: count.default(180),
    })
    .prefault({}),
  /** Where it runs, as `npm run forecast` knows the places (prices.json), and the most instances that the hosts may start. */
  hosting: Hosting.optional(),
  /**
   * Versions of clients that are served, both ends included. Others, and clients that name none, are told to update. Without
   * it every client is served.
   */
  clientVersions: z.strictObject({ oldest: version.optional(), newest: version.optional() }).optional(),
});

export type TwohopConfig = z.input<typeof Config>;

/** Plans, limits and prices, in seconds and USD. Holds no secret: those come from the environment. */
export const defineConfig = (config: TwohopConfig): TwohopConfig => config;

export interface CheckedConfig {
  readonly policy: Policy;
  readonly ipRequestsPerMinute: number;
  readonly keepReceiptsMs: number;
  readonly clientVersions: VersionWindow;
  readonly hosting: z.output<typeof Hosting> | null;
  readonly alerts: Thresholds;
}

/**
 * Turns the file's seconds and USD into the ledger's whole microseconds and micro-USD.
 *
 * @throws Error naming the first setting that is wrong.
 */
export function checkConfig(file: unknown): CheckedConfig {
  const parsed = Config.safeParse(file);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join('.') || 'config'}: ${issue?.message ?? 'is not valid'}`);
  }
  const { plans, ip, anonymousPool, cap, price, run, defaultPlan, anonymousPlan, keepReceiptsDays, clientVersions } = parsed.data;
  const { quietMinutes, ...alerts } = parsed.data.alerts;
  const us = (value: number) => Math.round(value * 1e6);
  const ms = (value: number) => Math.round(value * 1e3);
  const policy = checkPolicy({
    defaultPlan,
    anonymousPlan,
    plans: Object.fromEntries(
      Object.entries(plans).map(([name, { computeDaySeconds, computeMonthSeconds, ...rest }]) => [
        name,
        { ...rest, computeDayUs: us(computeDaySeconds), computeMonthUs: us(computeMonthSeconds) },
      ]),
    ),
    ip: { computeDayUs: us(ip.computeDaySeconds) },
    anonymousPool: { computeDayUs: us(anonymousPool.computeDaySeconds) },
    cap: { dayMicroUsd: us(cap.dayUsd), monthMicroUsd: us(cap.monthUsd) },
    price: { nanoUsdPerSecond: Math.round(price.usdPerComputeSecond * 1e9), asOf: price.asOf },
    run: {
      deadlineMs: ms(run.deadlineSeconds),
      longestBatchMs: ms(run.longestBatchSeconds),
      workers: run.workers,
      attempts: run.attempts,
      leaseMs: ms(run.leaseSeconds),
    },
  });
  return {
    policy,
    ipRequestsPerMinute: ip.requestsPerMinute,
    keepReceiptsMs: keepReceiptsDays * 86_400_000,
    hosting: parsed.data.hosting ?? null,
    alerts: { ...alerts, quietMs: quietMinutes * 60_000 },
    clientVersions: {
      oldest: parseVersion(clientVersions?.oldest ?? ''),
      newest: parseVersion(clientVersions?.newest ?? ''),
    },
  };
}
