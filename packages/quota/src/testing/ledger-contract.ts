import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReserveRequest, Store } from '../ports.ts';
import type { Line } from '../windows.ts';
import { LEASE_MS, NOW_MS, capDay, request, used, userDay } from './requests.ts';

/** What every store must do. `open` gives an empty ledger; `reopen` another handle on the same data. */
export function ledgerContract(name: string, open: () => Promise<{ ledger: Store; reopen: () => Promise<Store> }>): void {
  describe(`ledger contract: ${name}`, () => {
    let ledger: Store;
    let reopen: () => Promise<Store>;
    beforeEach(async () => {
      ({ ledger, reopen } = await open());
    });
    afterEach(() => ledger.close());

    const balances = async (lines: readonly Line[] = request().lines) =>
      (await ledger.usage({ owner: 'iss|ann', person: null, lines, nowMs: NOW_MS })).lines;
    const hold = async (more: Partial<ReserveRequest> = {}) => {
      const asked = request(more);
      expect(await ledger.reserve(asked)).toEqual({ kind: 'held' });
      return asked;
    };

    it('holds every line, and settles to the real use', async () => {
      const { runId } = await hold();
      expect(await balances()).toEqual([
        { settled: 0, held: 10 },
        { settled: 0, held: 70 },
      ]);
      const settled = await ledger.settle({ ...used(runId, 4), capMicroUsd: 9 });
      expect(settled).toEqual({ computeUs: 4, remainingUs: 96, resetsAtMs: NOW_MS + 1000 });
      expect(await balances()).toEqual([
        { settled: 4, held: 0 },
        { settled: 9, held: 0 },
      ]);
    });

    it('admits exactly floor(limit / amount) of many at once, and a refusal burns nothing', async () => {
      const asked = Array.from({ length: 50 }, () => ledger.reserve(request({ lines: [userDay(100, 7), capDay(1e6, 1)] })));
      const results = await Promise.all(asked);
      expect(results.filter(({ kind }) => kind === 'held')).toHaveLength(14);
      expect(results.find(({ kind }) => kind === 'denied')).toEqual({
        kind: 'denied',
        denial: { code: 'limit.quota', limit: 'user-day', resetsAtMs: NOW_MS + 1000 },
      });
      expect(await balances()).toEqual([
        { settled: 0, held: 98 },
        { settled: 0, held: 14 },
      ]);
    });

    it('refuses entire when only the last line does not fit', async () => {
      const result = await ledger.reserve(request({ lines: [userDay(100, 10), capDay(69, 70)] }));
      expect(result).toMatchObject({ kind: 'denied', denial: { code: 'limit.spend_cap', limit: 'cap-day' } });
      expect(await balances()).toEqual([
        { settled: 0, held: 0 },
        { settled: 0, held: 0 },
      ]);
    });

    it('calls an amount above the whole budget too large, since no reset would help', async () => {
      const result = await ledger.reserve(request({ lines: [userDay(9, 10)] }));
      expect(result).toEqual({ kind: 'denied', denial: { code: 'input.too_large', limit: 'user-day', resetsAtMs: null } });
    });

    it('releases all, frees the slot and the key', async () => {
      const asked = await hold({ concurrentRuns: 1 });
      expect(await ledger.reserve(request({ concurrentRuns: 1 }))).toMatchObject({
        kind: 'denied',
        denial: { code: 'limit.concurrency' },
      });
      await ledger.release(asked.runId);
      expect(await balances()).toEqual([
        { settled: 0, held: 0 },
        { settled: 0, held: 0 },
      ]);
      await hold({ concurrentRuns: 1, idempotencyKey: asked.idempotencyKey });
    });

    it('settles once: a second settle and a late release change nothing', async () => {
      const { runId } = await hold();
      await ledger.settle(used(runId, 4));
      await ledger.settle(used(runId, 9));
      await ledger.release(runId);
      expect(await balances()).toEqual([
        { settled: 4, held: 0 },
        { settled: 4, held: 0 },
      ]);
    });

    it('an ended lease frees the user and the slot; the cap keeps the worst case until a late report', async () => {
      const { runId } = await hold({ concurrentRuns: 1 });
      expect(await ledger.expire(NOW_MS + LEASE_MS - 1)).toBe(0);
      expect(await ledger.expire(NOW_MS + LEASE_MS)).toBe(1);
      expect(await balances()).toEqual([
        { settled: 0, held: 0 },
        { settled: 70, held: 0 },
      ]);
      await ledger.settle(used(runId, 4));
      expect(await balances()).toEqual([
        { settled: 4, held: 0 },
        { settled: 4, held: 0 },
      ]);
    });

    it('a release that comes after the lease takes back what the cap was charged', async () => {
      const { runId } = await hold();
      await ledger.expire(NOW_MS + LEASE_MS);
      await ledger.release(runId);
      await ledger.release(runId);
      expect(await balances()).toEqual([
        { settled: 0, held: 0 },
        { settled: 0, held: 0 },
      ]);
      expect(await ledger.runOf(runId)).toMatchObject({ state: 'released' });
    });

    it('nobody pays twice: a run whose key was taken over when its lease had ended charges the cap alone', async () => {
      const first = await hold();
      await ledger.expire(NOW_MS + LEASE_MS);
      const tooDear = { idempotencyKey: first.idempotencyKey, lines: [userDay(100, 10), capDay(70, 70)] };
      expect(await ledger.reserve(request(tooDear))).toMatchObject({ kind: 'denied' });
      const second = await hold({ idempotencyKey: first.idempotencyKey });
      await ledger.settle(used(second.runId, 5));
      await ledger.settle(used(first.runId, 4));
      expect(await balances()).toEqual([
        { settled: 5, held: 0 },
        { settled: 9, held: 0 },
      ]);
      expect(await ledger.runOf(first.runId)).toMatchObject({ state: 'settled', computeUs: 4, userUs: 0, capMicroUsd: 4 });
    });

    it('a renewed lease does not end, and an ended one frees the slot at the next reserve', async () => {
      const { runId } = await hold();
      await ledger.renew(runId, NOW_MS + 2 * LEASE_MS);
      expect(await ledger.expire(NOW_MS + LEASE_MS)).toBe(0);
      await hold({ concurrentRuns: 1, nowMs: NOW_MS + 2 * LEASE_MS, leaseUntilMs: NOW_MS + 3 * LEASE_MS });
    });

    it('knows a key again: running, settled, or in conflict; a failed run frees it', async () => {
      const asked = await hold();
      const again = request({ idempotencyKey: asked.idempotencyKey });
      expect(await ledger.reserve(again)).toEqual({ kind: 'running', runId: asked.runId });
      expect(await ledger.reserve({ ...again, inputHash: 'other' })).toEqual({ kind: 'conflict' });
      await ledger.settle(used(asked.runId, 1));
      expect(await ledger.reserve(again)).toEqual({ kind: 'settled', runId: asked.runId });
      expect(await ledger.reserve({ ...again, owner: 'iss|bob' })).toEqual({ kind: 'held' });
      const failing = await hold();
      await ledger.settle({ ...used(failing.runId, 1), freeKey: true });
      await hold({ idempotencyKey: failing.idempotencyKey });
    });

    it('carries debt into the next window, and idle windows repay it', async () => {
      const { runId } = await hold({ lines: [userDay(100, 10)] });
      await ledger.settle(used(runId, 250));
      const at = (window: number) => ({ ...userDay(100, 10), window });
      expect(await balances([at(100), at(101), at(102), at(103)])).toEqual([
        { settled: 250, held: 0 },
        { settled: 150, held: 0 },
        { settled: 50, held: 0 },
        { settled: 0, held: 0 },
      ]);
      expect(await ledger.reserve(request({ lines: [at(101)] }))).toMatchObject({
        kind: 'denied',
        denial: { code: 'limit.quota' },
      });
      await hold({ lines: [at(102)] });
      expect(await balances([at(102)])).toEqual([{ settled: 50, held: 10 }]);
    });

    it('the kill switch refuses everything, also from another handle, until it is off', async () => {
      const other = await reopen();
      await other.setKillSwitch(true);
      expect(await ledger.reserve(request())).toMatchObject({ kind: 'denied', denial: { code: 'limit.killed' } });
      await other.setKillSwitch(false);
      await hold();
      await other.close();
    });

    it('a key is forgotten after a day', async () => {
      const asked = await hold();
      await ledger.settle(used(asked.runId, 1));
      const later = NOW_MS + 86_400_000;
      const again = { idempotencyKey: asked.idempotencyKey, inputHash: 'other', nowMs: later, leaseUntilMs: later + LEASE_MS };
      expect(await ledger.reserve(request(again))).toEqual({ kind: 'held' });
    });

    it('charges a user whose runs time out again and again', async () => {
      const timeout = async () => {
        const { runId } = await hold();
        await ledger.settle({ ...used(runId, 9), userUs: 0, timeoutUs: 5, freeKey: true });
        return (await balances())[0]?.settled;
      };
      expect([await timeout(), await timeout(), await timeout(), await timeout()]).toEqual([0, 0, 0, 5]);
    });

    it('tells what is known of a run', async () => {
      const { runId, procedure } = await hold();
      const record = { runId, procedure, createdMs: NOW_MS, computeUs: null, userUs: null, capMicroUsd: null, priceAsOf: null };
      expect(await ledger.runOf(runId)).toEqual({ ...record, state: 'held' });
      await ledger.settle({ ...used(runId, 1), capMicroUsd: 3 });
      const paid = { computeUs: 1, userUs: 1, capMicroUsd: 3, priceAsOf: '2026-01-01' };
      expect(await ledger.runOf(runId)).toEqual({ ...record, ...paid, state: 'settled' });
      expect(await ledger.runOf('00000000-0000-4000-8000-00000000ffff')).toBeNull();
    });

    it('tells what the latest runs cost that say anything of others, in the order in which they came', async () => {
      const ends = [{ wallUs: 30 }, { wallUs: null }, { wallUs: 40, userUs: 0 }, { wallUs: 50 }];
      for (const [place, end] of ends.entries()) {
        const { runId } = await hold({ size: 1_000 + place });
        await ledger.settle({ ...used(runId, 3 + place), ...end });
      }
      await hold();
      const sample = { procedure: 'highlights.run' };
      const [first, last] = [
        { ...sample, size: 1_000, computeUs: 3, wallUs: 30 },
        { ...sample, size: 1_003, computeUs: 6, wallUs: 50 },
      ];
      expect(await ledger.samples(5)).toEqual([first, last]);
      expect(await ledger.samples(2)).toEqual([last]);
    });

    it('keeps holds and keys over a restart', async () => {
      const asked = await hold();
      await ledger.close();
      ledger = await reopen();
      expect(await balances()).toEqual([
        { settled: 0, held: 10 },
        { settled: 0, held: 70 },
      ]);
      expect(await ledger.reserve(request({ idempotencyKey: asked.idempotencyKey }))).toMatchObject({ kind: 'running' });
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0.5, 2 ** 53, '3', undefined])(
      'refuses the amount %s, and nothing changes',
      async (bad) => {
        const amount = bad as number;
        const { runId } = await hold();
        const before = await balances();
        expect(() => ledger.reserve(request({ lines: [userDay(100, amount)] }))).toThrow(
          /user-day.*amount must be a whole number/,
        );
        expect(() => ledger.reserve(request({ nowMs: amount }))).toThrow(/nowMs must be/);
        expect(() => ledger.reserve(request({ size: amount }))).toThrow(/size must be/);
        for (const field of ['computeUs', 'userUs', 'capMicroUsd', 'wallUs'] as const) {
          expect(() => ledger.settle({ ...used(runId, 1), [field]: amount })).toThrow(`${field} must be a whole number`);
        }
        expect(await balances()).toEqual(before);
      },
    );
  });
}
