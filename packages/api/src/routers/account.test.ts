import { StoreDown } from '@twohop/quota';
import { describe, expect, it } from 'vitest';
import { faultFrom, forgetful, testServer } from '../testing/caller.ts';

const input = { text: 'A sentence. Another one.' };

describe('one’s own account', () => {
  it('a quote says the worst case until runs of the size are known, then what they cost', async () => {
    const server = await testServer();
    const quote = () => server.caller().account.quote({ procedure: 'highlights.run', chars: input.text.length });
    expect(await quote()).toMatchObject({ p95Us: 10_000, learnedFromRuns: 0, remainingUs: 25_000, fits: true });
    for (let n = 0; n < 8; n++) await server.caller().highlights.run({ text: `${input.text.slice(0, -1)}${n}` });
    expect(await quote()).toMatchObject({ p50Us: 1_000, p95Us: 1_000, p95MicroUsd: 1_000, learnedFromRuns: 8, fits: true });
  });

  it('exports amounts and times, never a text', async () => {
    const server = await testServer();
    await server.caller().highlights.run(input);
    const kept = await server.caller().account.export();
    expect(kept.usage).toMatchObject([{ day: '2026-01-15', procedure: 'highlights.run', runs: 1, computeUs: 1_000 }]);
    expect(kept.runs).toMatchObject([{ procedure: 'highlights.run', state: 'settled', createdAt: '2026-01-15T12:00:00.000Z' }]);
    expect(JSON.stringify(kept)).not.toContain('sentence');
  });

  it('a deleted account leaves nothing behind and refills nothing', async () => {
    const server = await testServer();
    await server.caller().highlights.run(input);
    await server.caller().account.delete();
    expect(await server.caller().account.export()).toMatchObject({ usage: [], runs: [], windows: [] });
    expect((await server.caller().account.quota()).computeDay).toMatchObject({ usedUs: 1_000, remainingUs: 24_000 });
  });

  it('503 when results may still be kept somewhere: nothing is deleted, and a second try deletes all', async () => {
    let down = true;
    const forget = () => (down ? Promise.reject(new StoreDown('x')) : Promise.resolve());
    const server = await testServer({ results: { ...forgetful, forget } });
    await server.caller().highlights.run(input);
    expect(await faultFrom(server.caller().account.delete())).toMatchObject({ code: 'limit.store_down', retryAfterMs: 1_000 });
    expect((await server.caller().account.export()).runs).toHaveLength(1);
    down = false;
    await server.caller().account.delete();
    expect((await server.caller().account.export()).runs).toHaveLength(0);
  });

  it('is served while the store is down, as far as it can be without it', async () => {
    const server = await testServer();
    await server.ledger.close();
    expect(await server.caller().account.me()).toEqual({ uid: 'ann', plan: 'free', anonymous: false });
  });
});
