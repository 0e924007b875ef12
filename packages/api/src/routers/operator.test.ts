import { describe, expect, it } from 'vitest';
import { faultFrom, testServer } from '../testing/caller.ts';

const input = { text: 'A sentence. Another one.' };
const root = { token: 'root' };

describe('what an admin sees', () => {
  it('403 for everybody else, 401 for nobody', async () => {
    const server = await testServer();
    const asked = (token: string | null) => {
      const { operator } = server.caller({ token });
      return [operator.live(), operator.users({}), operator.receipts({ uid: 'ann' }), operator.acts(), operator.settings()];
    };
    for (const [token, code] of [
      ['ann', 'auth.forbidden'],
      ['anonymous', 'auth.forbidden'],
      [null, 'auth.missing'],
    ] as const)
      for (const call of asked(token)) expect(await faultFrom(call)).toMatchObject({ code });
  });

  it('a spend, in money against the caps, at once', async () => {
    const server = await testServer();
    await server.caller().highlights.run(input);
    const live = await server.caller(root).operator.live();
    expect(live).toMatchObject({ instance: 'one', now: '2026-01-15T12:00:00.000Z', killed: false });
    expect(live.spending?.day).toEqual({
      settledMicroUsd: 1_000,
      heldMicroUsd: 0,
      limitMicroUsd: 100_000,
      resetsAt: '2026-01-16T00:00:00.000Z',
    });
    expect(live.spending?.earlierDaysMicroUsd).toEqual(Array.from({ length: 13 }, () => 0));
    expect(live.room).toMatchObject({ inUse: 0, waiting: 0 });
  });

  it('whether everything is stopped; and that the ledger does not answer', async () => {
    const server = await testServer();
    await server.caller(root).admin.setKillSwitch({ on: true });
    expect(await server.caller(root).operator.live()).toMatchObject({ killed: true });
    await server.ledger.close();
    expect(await server.caller(root).operator.live()).toMatchObject({ killed: null, spending: null, instance: 'one' });
  });

  it('who spends, whom the log means, and what they paid for', async () => {
    const server = await testServer();
    await server.caller().highlights.run(input);
    await server.caller(root).admin.setAccount({ uid: 'bob', plan: 'anonymous', blocked: true });
    const { plans, users } = await server.caller(root).operator.users({});
    expect(plans).toEqual(['free', 'anonymous']);
    expect(users).toEqual([
      {
        uid: 'ann',
        target: 'target:iss|ann',
        plan: null,
        blocked: false,
        dayMicroUsd: 1_000,
        monthMicroUsd: 1_000,
        monthRuns: 1,
      },
      { uid: 'bob', target: 'target:iss|bob', plan: 'anonymous', blocked: true, dayMicroUsd: 0, monthMicroUsd: 0, monthRuns: 0 },
    ]);
    expect((await server.caller(root).operator.users({ search: 'b' })).users.map(({ uid }) => uid)).toEqual(['bob']);
    const { runs } = await server.caller(root).operator.receipts({ uid: 'ann' });
    expect(runs).toMatchObject([{ procedure: 'highlights.run', state: 'settled', capMicroUsd: 1_000 }]);
  });

  it('the settings in force', async () => {
    const { settings, caps, hosting } = await (await testServer()).caller(root).operator.settings();
    expect(settings).toEqual([{ name: 'HASH_KEY', value: 'set' }]);
    expect(caps).toEqual({ dayMicroUsd: 100_000, monthMicroUsd: 100_000, attempts: 1, deadlineMs: 8 });
    expect(hosting).toBeNull();
  });
});
