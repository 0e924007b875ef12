import type { CallObserver } from '@twohop/api';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Facts } from './alerts/conditions.ts';
import type { DeliverOptions } from './alerts/deliver.ts';
import type { EndedCall } from './observed-model.ts';

/** Every metric of the server, counted in this one place. No label ever holds a user, an address or an input. */
export interface Metrics {
  readonly registry: Registry;
  readonly observe: CallObserver;
  /** How a call of the model ended. */
  readonly model: (call: EndedCall) => void;
  /** Requests refused before any procedure ran, by code. */
  readonly refused: (code: string) => void;
  readonly excess: () => void;
  /** What the watch has seen last. */
  readonly looked: (facts: Facts) => void;
  readonly alerted: DeliverOptions['alerted'];
  /** How many runs may be in the model at a time, and how many are: asked for at each scrape. */
  readonly room: (state: () => { readonly limit: number; readonly inUse: number }) => void;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function metrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const histogram = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Histogram({ name, help, labelNames, buckets: SECONDS, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const calls = histogram('twohop_call_duration_seconds', 'Procedure calls by outcome.', ['procedure', 'code']);
  const modelCalls = histogram('twohop_model_call_duration_seconds', 'Calls of the model by outcome.', ['operation', 'code']);
  const refusals = counter('twohop_refused_total', 'Requests refused before any procedure ran.', ['code']);
  const excess = counter('twohop_model_excess_reports_total', 'Runs whose report was more compute than a run can use.');
  const alerts = counter('twohop_alerts_total', 'Messages to the operator.', ['channel', 'outcome']);
  return {
    registry,
    observe: ({ procedure, code, ms }) => calls.observe({ procedure, code }, ms / 1000),
    model: ({ operation, code, ms }) => modelCalls.observe({ operation, code }, ms / 1000),
    refused: (code) => refusals.inc({ code }),
    excess: () => excess.inc(),
    looked: watchGauges(registry),
    alerted: (channel, outcome) => alerts.inc({ channel, outcome }),
    room: (state) => {
      const gauge = (name: string, help: string, value: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(value());
          },
        });
      gauge('twohop_admission_limit', 'Runs that may be in the model at a time.', () => state().limit);
      gauge('twohop_admission_in_use', 'Runs that are in the model.', () => state().inUse);
    },
  };
}

/** What the ledger says is the same in every process that shares it: take the maximum, not the sum. */
function watchGauges(registry: Registry): Metrics['looked'] {
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const looked = gauge('twohop_watch_timestamp_seconds', 'When this process last looked whether something is wrong.');
  const up = gauge('twohop_ledger_up', '1 while the ledger answers.');
  const limit = gauge('twohop_cap_limit_usd', 'What the project may spend.', ['period']);
  const spent = gauge('twohop_cap_spent_usd', 'What the project has spent in this day and month (UTC).', ['period']);
  const held = gauge('twohop_cap_held_usd', 'What runs in flight may still spend.', ['period']);
  const worst = gauge('twohop_run_worst_usd', 'What one run may spend at most; a cap with less room refuses.');
  const accounts = gauge('twohop_new_accounts', 'Accounts made within the last hour that called this process.');
  const key = gauge('twohop_model_key_created_timestamp_seconds', 'When the key of the model was made, where it is known.');
  return ({ nowMs, spending, store, newAccounts, keySinceMs }) => {
    looked.set(nowMs / 1000);
    up.set(store.downSinceMs === null ? 1 : 0);
    accounts.set(newAccounts);
    if (keySinceMs !== null) key.set(keySinceMs / 1000);
    if (!spending) return;
    worst.set(spending.worstMicroUsd / 1e6);
    for (const period of ['day', 'month'] as const) {
      const cap = spending[period];
      limit.set({ period }, cap.limit / 1e6);
      spent.set({ period }, cap.settled / 1e6);
      held.set({ period }, cap.held / 1e6);
    }
  };
}
