import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  admission,
  type Attestation,
  type CallObserver,
  type Deps,
  type IdentityProvider,
  type Log,
  type Model,
  type Rates,
  type Results,
  untraced,
} from '@twohop/api';
import { mlClient } from '@twohop/ml-client';
import { type Clock, type Quota, quota, type Store } from '@twohop/quota';
import { postgresStore } from '@twohop/quota/postgres';
import { appCheck, unattested } from './adapters/app-check.ts';
import { firebaseIdentity } from './adapters/firebase-identity.ts';
import type { FirebaseUsersOptions } from './adapters/firebase-users.ts';
import { keyedHash, remembered } from './adapters/keyed-hash.ts';
import { memoryRates } from './adapters/memory-rates.ts';
import { memoryResults } from './adapters/memory-results.ts';
import { memoryUsedOnce } from './adapters/memory-used-once.ts';
import { oidcIdentity } from './adapters/oidc-identity.ts';
import { redisRates } from './adapters/redis-rates.ts';
import { redisResults, type RedisResultsOptions } from './adapters/redis-results.ts';
import { redisUsedOnce } from './adapters/redis-used-once.ts';
import { systemClock } from './adapters/system-clock.ts';
import { type Observed, observed } from './alerts/observed.ts';
import { type Watch, watch } from './alerts/watch.ts';
import type { AppOptions } from './app.ts';
import { type AuthConfig, type Config, ConfigError } from './config.ts';
import { unasked } from './identity/verified-tokens.ts';
import type { Metrics } from './metrics.ts';
import { type EndedCall, observedModel } from './observed-model.ts';
import { operatorOf } from './operator/operator.ts';
import { recentCalls } from './operator/recent-calls.ts';
import type { ClosableTraces, Runtime } from './runtimes/runtime.ts';

/** What the host of the first hop gives it. */
export interface Surroundings {
  readonly runtime: Runtime;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface Wired {
  readonly deps: Omit<Deps, 'ending'>;
  readonly store: Store;
  readonly clock: Clock;
  readonly ipRates: Rates;
  readonly refused: AppOptions['refused'];
  /** Lets go of what the providers hold. */
  close(): Promise<void>;
}

/** The one place where a provider is chosen. To switch one, this file and its adapter are all that changes. */
export async function wire(config: Config, { runtime, metrics, log }: Surroundings): Promise<Wired> {
  const store = (await chooseStore(config.ledgerUrl, runtime)) satisfies Store;
  const onExcess = (runId: string, computeUs: number) => {
    metrics.excess();
    log.warn({ runId, computeUs }, 'the model reported more compute than a run can use; settled at the hold');
  };
  const hash = keyedHash(config.hashKey);
  const rates = chooseRates(config.rateUrl);
  const results = await chooseResults({ url: config.resultsUrl, hash, log });
  const runs = quota({ ledger: store, policy: config.policy, clock: systemClock, onExcess });
  // Beside the first calls: without it they hold the worst case, as they do where nothing has run yet.
  void runs.recall().catch((error: unknown) => log.warn({ reason: String(error) }, 'what earlier runs cost is not known'));
  const nowMs = () => performance.timeOrigin + performance.now();
  const room = admission({ nowMs });
  metrics.room(room.state);
  const told = { log, nowMs: systemClock.nowMs };
  const attestation = chooseAttestation(config, told);
  const traces: ClosableTraces = config.traced ? await runtime.traces(log) : untraced;
  const seen = observers(metrics);
  const alerts = watchOver(config, { runtime, metrics, log, store, runs, seen: seen.facts });
  const deps: Wired['deps'] = {
    identity: (await chooseIdentity(config.auth, runtime, { ...told, onUser: seen.user })) satisfies IdentityProvider,
    attestation: attestation satisfies Attestation,
    clientVersions: config.clientVersions,
    rates: rates satisfies Rates,
    quota: runs,
    policy: config.policy,
    model: observedModel(chooseModel(config, runtime), seen.model) satisfies Model,
    admission: room,
    accounts: store,
    results: results satisfies Results,
    log,
    observe: seen.call,
    operator: operatorOf(config, { instance: randomUUID(), sinceMs: systemClock.nowMs(), alerts, ...seen }),
    traces,
    nowMs,
    newId: randomUUID,
    hash,
    hashName: remembered(hash),
    adminEmails: new Set(config.adminEmails),
    wait: (ms, signal) => setTimeout(ms, undefined, { signal }),
  };
  const close = async () => {
    alerts.close();
    rates.close?.();
    attestation.close?.();
    results.close?.();
    await Promise.all([traces.close?.(), store.close()]);
  };
  return { deps, store, clock: systemClock, ipRates: memoryRates(), refused: seen.refused, close };
}

/** What happens is told to the metrics and to the watch alike. */
function observers(metrics: Metrics) {
  const facts = observed(systemClock.nowMs);
  const recent = recentCalls(systemClock.nowMs);
  const call: CallObserver = (ended) => {
    metrics.observe(ended);
    recent.call(ended);
    facts.call(ended.code, ended.from);
  };
  const model = (ended: EndedCall) => {
    metrics.model(ended);
    facts.model(ended.code);
  };
  const refused: Wired['refused'] = (code, from) => {
    metrics.refused(code);
    recent.refused(code);
    if (from !== undefined) facts.call(code, from);
  };
  return { facts, recent, call, model, refused, user: facts.user };
}

interface Watched extends Surroundings {
  readonly store: Store;
  readonly runs: Quota;
  readonly seen: Observed;
}

const watchOver = (config: Config, { runtime, metrics, log, store, runs, seen }: Watched): Watch =>
  watch({
    name: config.alertName,
    thresholds: config.alerts,
    keySinceMs: config.ml.keySince === null ? null : Date.parse(config.ml.keySince),
    spending: runs.spending,
    claims: store,
    observed: seen,
    channels: runtime.channels(config.alertChannels),
    clock: systemClock,
    log,
    newId: randomUUID,
    looked: metrics.looked,
    alerted: metrics.alerted,
  });

/** A batch that a cancelled call was in ends by then, and its report is on its way. */
const REPORT_GRACE_MS = 500;

function chooseModel({ ml: { url, keys, auth }, policy: { run } }: Config, runtime: Runtime): Model {
  const authorize = auth === 'google' ? { authorize: runtime.googleIdToken(new URL(url).origin) } : {};
  return mlClient({
    ask: runtime.ask(url),
    keys,
    attempts: run.attempts,
    reportMs: run.longestBatchMs + REPORT_GRACE_MS,
    ...authorize,
  });
}

interface Told {
  readonly log: Log;
  readonly nowMs: () => number;
}

async function chooseIdentity(
  auth: AuthConfig,
  runtime: Runtime,
  { onUser, ...told }: Told & Required<Pick<FirebaseUsersOptions, 'onUser'>>,
): Promise<IdentityProvider> {
  if (auth.provider === 'oidc') return oidcIdentity({ ...auth, ...told });
  if (!auth.userChecks) return firebaseIdentity({ ...auth, ...told, users: unasked });
  const users = runtime.firebaseUsers({ projectId: auth.projectId, onUser });
  const obstacle = auth.emulated ? null : await users.obstacle();
  if (obstacle === null) return firebaseIdentity({ ...auth, ...told, users });
  throw new ConfigError(
    `FIREBASE_USER_CHECKS: users cannot be looked up (${obstacle}). Give the server an account of the project by ` +
      'GOOGLE_APPLICATION_CREDENTIALS or the platform; or set it to "off", and who is disabled or revoked stays in for up to an hour',
  );
}

function chooseAttestation({ appCheck: settings, rateUrl }: Config, told: Told): Attestation & { close?: () => void } {
  if (!settings) return unattested;
  const { projectId, once } = settings;
  if (!once) return appCheck({ ...told, projectId, usedOnce: null });
  if (!isRedis(rateUrl)) return appCheck({ ...told, projectId, usedOnce: memoryUsedOnce(told) });
  const usedOnce = redisUsedOnce({ url: rateUrl });
  return { ...appCheck({ ...told, projectId, usedOnce }), close: usedOnce.close };
}

async function chooseStore(url: string, runtime: Runtime): Promise<Store> {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path) return runtime.sqliteStore(path);
  if (/^postgres(ql)?:\/\//.test(url)) return postgresStore({ url });
  throw new ConfigError('LEDGER_URL: must be sqlite:<file> or postgres://<user>:<password>@<host>/<database>');
}

async function chooseResults(options: RedisResultsOptions): Promise<Results & { close?: () => void }> {
  if (options.url === 'memory:') return memoryResults();
  if (isRedis(options.url)) return redisResults(options);
  throw new ConfigError('RESULTS_URL: must be memory: or redis://<host>:<port>');
}

function chooseRates(url: string): Rates & { close?: () => void } {
  if (url === 'memory:') return memoryRates();
  if (isRedis(url)) return redisRates({ url });
  throw new ConfigError('RATE_URL: must be memory: or redis://<host>:<port>');
}

const isRedis = (url: string): boolean => /^rediss?:\/\//.test(url);
