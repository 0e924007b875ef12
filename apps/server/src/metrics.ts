import type { CallObserver } from '@twohop/api';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Facts } from './alerts/conditions.ts';

/** Every metric of the server, counted in this one place. No label ever holds a user, an address or an input. */
export interface Metrics {
  readonly registry: Registry;
  readonly observe: CallObserver;
  /** Requests refused before any procedure ran, by code. */
  readonly refused: (code: string) => void;
  readonly excess: () => void;
  /** What the watch has seen last. */
  readonly looked: (facts: Facts) => void;
  /** How many runs may be in the model at a time, and how many are: asked for at each scrape. */
  readonly room: (state: () => { readonly limit: number; readonly inUse: number }) => void;
}

export function metrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Histogram({
    name: 'twohop_call_duration_seconds',
    help: 'Procedure calls by outcome.',
    labelNames: ['procedure', 'code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const refusals = new Counter({
    name: 'twohop_refused_total',
    help: 'Requests refused before any procedure ran.',
    labelNames: ['code'],
    registers,
  });
  const excess = new Counter({
    name: 'twohop_model_excess_reports_total',
    help: 'Runs for which the model reported more compute than a run can use.',
    registers,
  });
  const looked = new Gauge({
    name: 'twohop_watch_timestamp_seconds',
    help: 'When this process last looked whether something is wrong.',
    registers,
  });
  return {
    registry,
    looked: ({ nowMs }) => looked.set(nowMs / 1000),
    observe: ({ procedure, code, ms }) => calls.observe({ procedure, code }, ms / 1000),
    refused: (code) => refusals.inc({ code }),
    excess: () => excess.inc(),
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
