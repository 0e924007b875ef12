import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReserveRequest, Store } from '../ports.ts';
import type { Line } from '../windows.ts';
import { NOW_MS, request, used, userDay } from './requests.ts';

/** What every store must do with records about users. `open` gives an empty store. */
export function accountsContract(name: string, open: () => Promise<Store>): void {
  describe(`accounts contract: ${name}`, () => {
    let ledger: Store;
    beforeEach(async () => {
      ledger = await open();
    });
    afterEach(() => ledger.close());

    const balances = async (lines: readonly Line[] = request().lines) =>
      (await ledger.usage({ owner: 'iss|ann', person: null, lines, nowMs: NOW_MS })).lines;
    const hold = async (more: Partial<ReserveRequest> = {}) => {
      const asked = request(more);
      expect(await ledger.reserve(asked)).toEqual({ kind: 'held' });
      return asked;
    };

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

      it('a debt that the new account has taken over is not counted a second time', async () => {
        await ledger.settle(used((await hold()).runId, 150));
        await ledger.deleteAccount(goodbye);
        // 150 used before, 90 now, 200 allowed: 40 are owed, whatever the deleted account's own limit was.
        const { runId } = await hold({ ...newAnn, lines: [userDay(200, 10, 'iss|ann2')] });
        await ledger.settle(used(runId, 90));
        const nextDay = { ...newAnn, lines: [{ ...userDay(200, 10, 'iss|ann2'), window: 101 }] };
        expect((await ledger.usage({ ...nextDay, nowMs: NOW_MS })).lines).toEqual([{ settled: 40, held: 0 }]);
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

    it('keeps what admins did, in its order, whatever is deleted or pruned', async () => {
      const act = (what: string, more: object = {}) => ({
        atMs: NOW_MS,
        by: 'root@example.com',
        what,
        target: 'hash-of-owner',
        detail: '{"on":true}',
        ...more,
      });
      const done = [act('block'), act('kill', { target: null, detail: '{}' }), act('delete')] as const;
      await ledger.setAccount('iss|ann', { plan: null, blocked: true }, done[0]);
      await ledger.setAccount('iss|ann', { plan: null, blocked: false });
      await ledger.setKillSwitch(true, done[1]);
      await ledger.deleteAccount({ owner: 'iss|ann', person: null, untilMs: NOW_MS }, done[2]);
      await ledger.prune(NOW_MS + 1_000_000);
      expect(await ledger.isKilled()).toBe(true);
      expect(await ledger.acts(10)).toEqual(done.toReversed());
      expect(await ledger.acts(1)).toEqual([done[2]]);
    });

    it('names who spent most on a day and who has a record, and finds the others by how they begin', async () => {
      const spend = async (owner: string, microUsd: number, atMs = NOW_MS) => {
        const { runId } = await hold({ owner, nowMs: atMs, leaseUntilMs: atMs + 1_000, lines: [userDay(100, 10, owner)] });
        await ledger.settle({ ...used(runId, 1), capMicroUsd: microUsd });
      };
      const day = Math.floor(NOW_MS / 86_400_000);
      await spend('iss|ann', 5);
      await spend('iss|ann', 2, NOW_MS - 86_400_000);
      await spend('iss|bob', 9);
      await spend('iss|eve', 4, NOW_MS - 20 * 86_400_000);
      await spend('other|zoe', 99);
      await ledger.setAccount('iss|max', { plan: null, blocked: true });
      await ledger.setAccount('iss|sam', { plan: null, blocked: false });
      const row = (owner: string, dayMicroUsd: number, monthMicroUsd: number, monthRuns: number) => ({
        owner,
        plan: null,
        blocked: owner === 'iss|max',
        dayMicroUsd,
        monthMicroUsd,
        monthRuns,
      });
      const asked = { prefix: 'iss|', all: false, day, firstOfMonth: day - 14, limit: 10 };
      const [ann, bob, max] = [row('iss|ann', 5, 7, 2), row('iss|bob', 9, 9, 1), row('iss|max', 0, 0, 0)];
      expect(await ledger.users(asked)).toEqual([bob, ann, max]);
      expect(await ledger.users({ ...asked, limit: 1 })).toEqual([bob]);
      expect(await ledger.users({ ...asked, prefix: 'iss|e', all: true })).toEqual([row('iss|eve', 0, 0, 0)]);
      expect(await ledger.users({ ...asked, prefix: 'iss|e' })).toEqual([]);
    });

    it('gives a name to one holder at a time, who may prolong it and give it back', async () => {
      const claim = (holder: string, nowMs: number, untilMs: number) => ledger.claim({ name: 'cap-day', holder, nowMs, untilMs });
      expect(await Promise.all([claim('a', 1_000, 2_000), claim('b', 1_000, 2_000)])).toEqual([true, false]);
      expect(await ledger.claim({ name: 'cap-month', holder: 'b', nowMs: 1_000, untilMs: 2_000 })).toBe(true);
      expect([await claim('b', 1_999, 3_000), await claim('a', 1_999, 3_000)]).toEqual([false, true]);
      expect([await claim('b', 2_500, 4_000), await claim('b', 3_000, 4_000)]).toEqual([false, true]);
      expect([await claim('a', 3_500, 5_000), await claim('b', 3_500, 3_500), await claim('a', 3_500, 5_000)]).toEqual([
        false,
        true,
        true,
      ]);
      await ledger.prune(5_001);
      expect(await claim('b', 4_000, 5_000)).toBe(true);
    });

    it('forgets what ended long ago, and neither what is held nor what is owed', async () => {
      const done = await hold();
      await ledger.settle(used(done.runId, 3));
      const held = await hold();
      const owing = await hold({ lines: [userDay(100, 10, 'iss|bob')] });
      await ledger.settle(used(owing.runId, 900));
      const before = { ...userDay(100, 10, 'iss|eve'), window: 99 };
      const paid = await hold({ lines: [before] });
      await ledger.settle(used(paid.runId, 150));
      await hold({ lines: [userDay(100, 10, 'iss|eve')] });
      expect(await ledger.prune(NOW_MS + 1_000_000)).toBeGreaterThan(0);
      // Its debt went into the window after it: without its row it stands for nothing.
      expect((await balances([before]))[0]).toEqual({ settled: 0, held: 0 });
      expect(await ledger.runOf(done.runId)).toBeNull();
      expect(await ledger.runOf(held.runId)).toMatchObject({ state: 'held' });
      expect((await balances([userDay(100, 0, 'iss|bob')]))[0]).toEqual({ settled: 900, held: 0 });
      expect((await balances())[0]).toEqual({ settled: 3, held: 10 });
    });
  });
}
