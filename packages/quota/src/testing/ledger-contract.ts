import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReserveRequest, Settlement, Store } from '../ports.ts';
import type { Line } from '../windows.ts';

const NOW_MS = Date.UTC(2026, 0, 15, 12);
const LEASE_MS = 30_000;

export const userDay = (limit: number, amount: number, owner = 'iss|ann'): Line => ({
  scope: `user-day:${owner}`,
  window: 100,
  unit: 'computeUs',
  amount,
  limit,
  code: 'limit.quota',
  resetsAtMs: NOW_MS + 1000,
});
const capDay = (limit: number, amount: number): Line => ({
  ...userDay(limit, amount),
  scope: 'cap-day',
  unit: 'microUsd',
  code: 'limit.spend_cap',
});

let lastId = 0;
export const request = (more: Partial<ReserveRequest> = {}): ReserveRequest => {
  const id = `00000000-0000-4000-8000-${String(++lastId).padStart(12, '0')}`;
  return {
    runId: id,
    owner: 'iss|ann',
    person: null,
    procedure: 'highlights.run',
    idempotencyKey: `key-${id}`,
    inputHash: 'hash',
    lines: [userDay(100, 10), capDay(1000, 70)],
    concurrentRuns: 100,
    nowMs: NOW_MS,
    leaseUntilMs: NOW_MS + LEASE_MS,
    ...more,
  };
};
const used = (runId: string, amount: number): Settlement => ({
  runId,
  computeUs: amount,
  userUs: amount,
  timeoutUs: null,
  capMicroUsd: amount,
  freeKey: false,
});

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
      const settled = await ledger.settle({ runId, computeUs: 4, userUs: 4, timeoutUs: null, capMicroUsd: 9, freeKey: false });
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
      await hold(again);
    });

    it('charges a user whose runs time out again and again', async () => {
      const timeout = async () => {
        const { runId } = await hold();
        await ledger.settle({ ...used(runId, 9), userUs: 0, timeoutUs: 5, freeKey: true });
        return (await balances())[0]?.settled;
      };
      expect([await timeout(), await timeout(), await timeout(), await timeout()]).toEqual([0, 0, 0, 5]);
    });

    it('tells the state of a run', async () => {
      const { runId } = await hold();
      expect(await ledger.stateOf(runId)).toBe('held');
      await ledger.settle(used(runId, 1));
      expect(await ledger.stateOf(runId)).toBe('settled');
      expect(await ledger.stateOf('00000000-0000-4000-8000-00000000ffff')).toBe('gone');
    });

    it('keeps plan and block of an account, and knows nobody else', async () => {
      await ledger.setAccount('iss|ann', { plan: 'pro', blocked: true });
      expect(await ledger.account('iss|ann')).toEqual({ plan: 'pro', blocked: true });
      await ledger.setAccount('iss|ann', { plan: null, blocked: false });
      expect(await ledger.account('iss|ann')).toEqual({ plan: null, blocked: false });
      expect(await ledger.account('iss|bob')).toEqual({ plan: null, blocked: false });
    });

    it('exports all that is kept about a user: account, usage by day and procedure, runs, windows', async () => {
      await ledger.setAccount('iss|ann', { plan: 'pro', blocked: false });
      for (const procedure of ['a.run', 'a.run', 'b.run']) await ledger.settle(used((await hold({ procedure })).runId, 3));
      const kept = await ledger.exportAccount('iss|ann');
      const day = Math.floor(NOW_MS / 86_400_000);
      expect(kept.account).toEqual({ plan: 'pro', blocked: false });
      expect(kept.usage).toEqual([
        { day, procedure: 'a.run', runs: 2, computeUs: 6, userUs: 6, microUsd: 6 },
        { day, procedure: 'b.run', runs: 1, computeUs: 3, userUs: 3, microUsd: 3 },
      ]);
      expect(kept.runs).toHaveLength(3);
      expect(kept.runs[0]).toMatchObject({
        procedure: 'a.run',
        state: 'settled',
        computeUs: 3,
        userUs: 3,
        capMicroUsd: 3,
        createdMs: NOW_MS,
      });
      expect(kept.windows).toEqual([{ scope: 'user-day', window: 100, settled: 9, held: 0 }]);
      expect(await ledger.exportAccount('iss|bob')).toEqual({
        account: { plan: null, blocked: false },
        usage: [],
        runs: [],
        windows: [],
      });
    });

    describe('a deleted account', () => {
      const goodbye = { owner: 'iss|ann', person: 'hash-of-ann', untilMs: NOW_MS + 1_000_000 };
      const newAnn = { owner: 'iss|ann2', person: 'hash-of-ann', lines: [userDay(100, 10, 'iss|ann2')] };

      it('leaves no row with the owner; the cap keeps what was spent', async () => {
        await ledger.setAccount('iss|ann', { plan: 'pro', blocked: false });
        await ledger.settle(used((await hold()).runId, 3));
        await ledger.deleteAccount(goodbye);
        const empty = { account: { plan: null, blocked: false }, usage: [], runs: [], windows: [] };
        expect(await ledger.exportAccount('iss|ann')).toEqual(empty);
        expect(await balances()).toEqual([
          { settled: 0, held: 0 },
          { settled: 3, held: 0 },
        ]);
      });

      it('refills nothing: the same person’s new account starts with what was used and held', async () => {
        await ledger.settle(used((await hold()).runId, 60));
        await hold({ lines: [userDay(100, 25)] });
        await ledger.deleteAccount(goodbye);
        expect((await ledger.usage({ ...newAnn, nowMs: NOW_MS })).lines).toEqual([{ settled: 85, held: 0 }]);
        await hold(newAnn);
        expect(await ledger.reserve(request(newAnn))).toMatchObject({ kind: 'denied', denial: { code: 'limit.quota' } });
        await hold({ ...newAnn, owner: 'iss|bob', person: 'hash-of-bob', lines: [userDay(100, 100, 'iss|bob')] });
      });

      it('refills nothing the second time either', async () => {
        await ledger.settle(used((await hold()).runId, 60));
        await ledger.deleteAccount(goodbye);
        await ledger.settle(used((await hold(newAnn)).runId, 20));
        await ledger.deleteAccount({ ...goodbye, owner: 'iss|ann2' });
        const third = { ...newAnn, owner: 'iss|ann3', lines: [userDay(100, 10, 'iss|ann3')] };
        expect((await ledger.usage({ ...third, nowMs: NOW_MS })).lines).toEqual([{ settled: 80, held: 0 }]);
        const nextDay = { ...third, lines: [{ ...userDay(100, 10, 'iss|ann3'), window: 101 }] };
        expect((await ledger.usage({ ...nextDay, nowMs: NOW_MS })).lines).toEqual([{ settled: 0, held: 0 }]);
      });

      it('a late settle charges the cap and brings nobody back', async () => {
        const { runId } = await hold();
        await ledger.deleteAccount(goodbye);
        expect(await ledger.settle(used(runId, 4))).toEqual({ computeUs: 4, remainingUs: 0, resetsAtMs: 0 });
        expect(await balances()).toEqual([
          { settled: 0, held: 0 },
          { settled: 4, held: 0 },
        ]);
        expect(await ledger.exportAccount('iss|ann')).toMatchObject({ usage: [], runs: [], windows: [] });
        await ledger.settle(used('00000000-0000-4000-8000-00000000eeee', 4));
      });
    });

    it('forgets what ended long ago, and neither what is held nor what is owed', async () => {
      const done = await hold();
      await ledger.settle(used(done.runId, 3));
      const held = await hold();
      const owing = await hold({ lines: [userDay(100, 10, 'iss|bob')] });
      await ledger.settle(used(owing.runId, 900));
      expect(await ledger.prune(NOW_MS + 1_000_000)).toBeGreaterThan(0);
      expect(await ledger.stateOf(done.runId)).toBe('gone');
      expect(await ledger.stateOf(held.runId)).toBe('held');
      expect((await balances([userDay(100, 0, 'iss|bob')]))[0]).toEqual({ settled: 900, held: 0 });
      expect((await balances())[0]).toEqual({ settled: 3, held: 10 });
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
        for (const field of ['computeUs', 'userUs', 'capMicroUsd'] as const) {
          expect(() => ledger.settle({ ...used(runId, 1), [field]: amount })).toThrow(`${field} must be a whole number`);
        }
        expect(await balances()).toEqual(before);
      },
    );
  });
}
