import type { ErrorCode } from '@twohop/api';
import { LRUCache } from 'lru-cache';
import { attempts } from './attempts.ts';
import type { Facts } from './conditions.ts';

/** Whatever alerts are about and calls see: told in passing, counted in bounded memory, never waited for. */
export interface Observed {
  /** How a request ended, and the bucket of the address that it came from. */
  readonly call: (code: ErrorCode | 'ok', from: string) => void;
  /** How a call of the model ended. */
  readonly model: (code: string) => void;
  /** A user who has called, and when their account was made. */
  readonly user: (uid: string, createdMs: number) => void;
  /** What it comes to at this moment. */
  readonly facts: () => Pick<Facts, 'attempts' | 'model' | 'newAccounts'> & { readonly refusedByStore: number };
}

/** Of a stranger or of somebody who is kept out; a token that has expired is everybody's after an hour. */
const UNAUTHORIZED = new Set<string>([
  'auth.missing',
  'auth.invalid',
  'auth.revoked',
  'auth.forbidden',
  'auth.blocked',
  'limit.ip',
] satisfies ErrorCode[]);

/** A client that left, an input that is refused, a model that is busy: it is there. */
const ALIVE = new Set(['input.invalid', 'input.too_large', 'request.cancelled', 'capacity.overloaded']);

const NEW_MS = 3_600_000;
const MAX_ACCOUNTS = 10_000;
const STORE_SPAN_MS = 30_000;
const MAX_REFUSALS = 100;

export function observed(nowMs: () => number): Observed {
  const knocks = attempts();
  const newcomers = new LRUCache<string, number>({ max: MAX_ACCOUNTS });
  let refusals: number[] = [];
  let model: Facts['model'] = { failures: 0, cold: 0, firstMs: 0 };
  return {
    call: (code, from) => {
      if (UNAUTHORIZED.has(code)) knocks.note(code, from, nowMs());
      if (code === 'limit.store_down') refusals = [...refusals, nowMs()].slice(-MAX_REFUSALS);
    },
    model: (code) => {
      const firstMs = model.failures + model.cold > 0 ? model.firstMs : nowMs();
      if (code === 'ok') model = { failures: 0, cold: 0, firstMs: 0 };
      else if (code === 'upstream.cold') model = { ...model, firstMs, cold: model.cold + 1 };
      else if (!ALIVE.has(code)) model = { ...model, firstMs, failures: model.failures + 1 };
    },
    user: (uid, createdMs) => {
      if (nowMs() - createdMs < NEW_MS) newcomers.set(uid, createdMs);
    },
    facts: () => {
      for (const [uid, createdMs] of newcomers) if (nowMs() - createdMs >= NEW_MS) newcomers.delete(uid);
      refusals = refusals.filter((atMs) => nowMs() - atMs < STORE_SPAN_MS);
      return { attempts: knocks.tally(nowMs()), model, newAccounts: newcomers.size, refusedByStore: refusals.length };
    },
  };
}
