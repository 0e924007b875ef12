import type { ModelFailure, ModelReply } from './model-port.ts';

/** What one run may use at worst in these schedules, in microseconds; a microsecond costs a micro-USD. */
export const WORST_US = 10_000;

/** How the model ends a run that it was given. */
export interface Ending {
  readonly kind: 'ok' | 'failed' | 'timeout' | 'cancelled' | 'never sent' | 'threw';
  /** What it says it used; null: nothing that can be read. */
  readonly reportUs: number | null;
}

const codes: Record<Exclude<Ending['kind'], 'ok' | 'threw'>, ModelFailure['code']> = {
  failed: 'internal.bug',
  timeout: 'upstream.timeout',
  cancelled: 'request.cancelled',
  'never sent': 'upstream.cold',
};

export interface Body {
  readonly model: string;
  readonly sentences: number;
  readonly highlights: [];
}

/** The ending as the model's client tells it. @throws what a client throws that breaks its promise */
export function replyOf({ kind, reportUs }: Ending): ModelReply<Body> {
  if (kind === 'threw') throw new Error('the client of the model broke its promise');
  if (kind === 'ok') return { ok: true, computeUs: reportUs, timings: {}, body: { model: 'm', sentences: 0, highlights: [] } };
  const failure = {
    code: codes[kind],
    dispatched: kind !== 'never sent',
    computeUs: reportUs,
    retryAfterMs: null,
    field: null,
    message: 'as told',
  };
  return { ok: false, failure };
}

export interface Due {
  readonly capUs: number;
  /** More than one where DESIGN §4 lets it depend on how often the user's runs timed out that day. */
  readonly userUs: readonly number[];
}

/** What DESIGN §4 charges for it, written down a second time: not as the ledger computes it, but as a table. */
export function dueOf({ kind, reportUs }: Ending, wallUs: number): Due {
  const capUs = reportUs === null ? WORST_US : Math.min(reportUs, WORST_US);
  const ranUs = reportUs === null ? Math.min(wallUs, WORST_US) : capUs;
  const table: Record<Ending['kind'], Due> = {
    ok: { capUs, userUs: [ranUs] },
    cancelled: { capUs, userUs: [ranUs] },
    failed: { capUs, userUs: [0] },
    timeout: { capUs, userUs: [0, ranUs] },
    threw: { capUs: WORST_US, userUs: [0] },
    'never sent': { capUs: 0, userUs: [0] },
  };
  return table[kind];
}
