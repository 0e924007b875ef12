import { StoreDown } from '@twohop/quota';
import { describe, expect, it } from 'vitest';
import { faultFrom, testServer } from '../testing/caller.ts';

const input = { text: 'A sentence. Another one.' };

describe('an admin', () => {
  const root = { token: 'root' };

  it('403 for everybody else', async () => {
    const server = await testServer();
    expect(await faultFrom(server.caller().admin.setKillSwitch({ on: true }))).toMatchObject({ code: 'auth.forbidden' });
    expect(await faultFrom(server.caller().admin.account({ uid: 'bob' }))).toMatchObject({ code: 'auth.forbidden' });
  });

  it('changes a plan and blocks, effective at once', async () => {
    const server = await testServer();
    await server.caller(root).admin.setAccount({ uid: 'ann', plan: 'anonymous', blocked: false });
    expect(await server.caller().account.me()).toMatchObject({ plan: 'anonymous' });
    await server.caller(root).admin.setAccount({ uid: 'ann', plan: null, blocked: true });
    expect(await faultFrom(server.caller().account.me())).toMatchObject({ code: 'auth.blocked' });
    expect(await server.caller(root).admin.account({ uid: 'ann' })).toEqual({ plan: null, blocked: true });
  });

  it('400 for a plan that the config lacks', async () => {
    const server = await testServer();
    const gold = server.caller(root).admin.setAccount({ uid: 'ann', plan: 'gold', blocked: false });
    expect(await faultFrom(gold)).toMatchObject({ code: 'input.invalid', field: 'plan' });
  });

  it('stops and resumes everything', async () => {
    const server = await testServer();
    await server.caller(root).admin.setKillSwitch({ on: true });
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({ code: 'limit.killed' });
    await server.caller(root).admin.setKillSwitch({ on: false });
    await server.caller().highlights.run(input);
  });

  it('nobody locks themselves out', async () => {
    const server = await testServer();
    const self = server.caller(root).admin.setAccount({ uid: 'root', plan: null, blocked: true });
    expect(await faultFrom(self)).toMatchObject({ code: 'input.invalid', field: 'blocked' });
    expect((await server.caller(root).operator.acts()).acts).toEqual([]);
  });

  it('deletes an account: nothing stays but what the cap paid', async () => {
    const server = await testServer();
    await server.caller().highlights.run(input);
    await server.caller(root).admin.deleteAccount({ uid: 'ann' });
    expect(await server.ledger.exportAccount('iss|ann')).toMatchObject({ usage: [], runs: [], windows: [] });
    expect(await server.balances()).toMatchObject({ user: { settled: 0 }, cap: { settled: 1_000 } });
  });

  it('stands in the audit log with every act, the user by a hash', async () => {
    const server = await testServer();
    await server.caller(root).admin.setAccount({ uid: 'ann', plan: null, blocked: true });
    await server.caller(root).admin.setKillSwitch({ on: true });
    await server.caller(root).admin.deleteAccount({ uid: 'ann' });
    const act = { at: '2026-01-15T12:00:00.000Z', by: 'root@example.com', target: 'target:iss|ann' };
    expect((await server.caller(root).operator.acts()).acts).toEqual([
      { ...act, what: 'account.delete', detail: '{}' },
      { ...act, what: 'kill_switch', target: null, detail: '{"on":true}' },
      { ...act, what: 'account.set', detail: '{"plan":null,"blocked":true}' },
    ]);
  });

  it('needs neither the app’s proof nor its version, and may ask more often than a user', async () => {
    const server = await testServer({
      attestation: { check: async () => ({ refused: 'auth.forbidden' }) },
      clientVersions: { oldest: [9, 0, 0], newest: null },
      rates: { take: async (_key, perMinute) => (perMinute < 300 ? 1_000 : null) },
    });
    expect(await server.caller(root).admin.setKillSwitch({ on: false })).toEqual({ on: false });
    expect(await faultFrom(server.caller(root).account.me())).toMatchObject({ code: 'client.outdated' });
  });

  it('429 above their own rate; served while nobody counts', async () => {
    const limited = await testServer({ rates: { take: async () => 1_000 } });
    expect(await faultFrom(limited.caller(root).operator.live())).toMatchObject({ code: 'limit.rate' });
    const uncounted = await testServer({ rates: { take: () => Promise.reject(new StoreDown('x')) } });
    expect(await uncounted.caller(root).admin.setKillSwitch({ on: true })).toEqual({ on: true });
  });
});
