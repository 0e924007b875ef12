import { StoreDown } from '@twohop/quota';
import { describe, expect, it } from 'vitest';
import type { Place } from './admission.ts';
import { Fault } from './fault.ts';
import type { Deps } from './ports.ts';
import { failure, faultFrom, testServer, workingModel } from './testing/caller.ts';

const input = { text: 'A sentence. Another one.' };
const free = { settled: 0, held: 0 };
const refusingQuota = { reserve: () => Promise.reject(new StoreDown('down')) } as unknown as Deps['quota'];

describe('who is calling', () => {
  it('401 without a token, before anything else is looked at', async () => {
    const server = await testServer({ rates: { take: () => Promise.reject(new Error('asked too early')) } });
    const wrong = { text: 7 } as unknown as { text: string };
    expect(await faultFrom(server.caller({ token: null }).highlights.run(wrong))).toMatchObject({ code: 'auth.missing' });
    expect(server.observed).toEqual(['highlights.run auth.missing']);
  });

  it.each(['auth.invalid', 'auth.expired', 'auth.revoked', 'auth.blocked'])('refused: %s', async (token) => {
    const server = await testServer();
    expect(await faultFrom(server.caller({ token }).highlights.run(input))).toMatchObject({ code: token });
    expect(await server.balances()).toEqual({ user: free, cap: free });
  });

  it('503 when tokens cannot be checked, and nobody is signed out', async () => {
    const server = await testServer();
    const fault = await faultFrom(server.caller({ token: 'auth.unavailable' }).highlights.run(input));
    expect(fault).toMatchObject({ code: 'auth.unavailable', retryAfterMs: 5_000 });
    expect(await server.balances()).toEqual({ user: free, cap: free });
  });

  it('200 tells who one is, and the plan of one without an account', async () => {
    const server = await testServer();
    expect(await server.caller().account.me()).toEqual({ uid: 'ann', plan: 'free', anonymous: false });
    expect(await server.caller({ token: 'anonymous' }).account.me()).toMatchObject({ plan: 'anonymous', anonymous: true });
  });
});

describe('by which client', () => {
  const clientVersions = { oldest: [1, 2], newest: null };

  it.each([null, '1.1.9', 'newest'])('426 for version %s, before its token is looked at', async (clientVersion) => {
    const identity = { verify: () => Promise.reject(new Error('asked too early')) };
    const server = await testServer({ clientVersions, identity });
    const fault = await faultFrom(server.caller({ clientVersion }).highlights.run(input));
    expect(fault).toMatchObject({ code: 'client.outdated', field: 'x-client-version' });
    expect(server.observed).toEqual(['highlights.run client.outdated']);
    expect(await server.balances()).toEqual({ user: free, cap: free });
  });

  it('200 for one within the window', async () => {
    const server = await testServer({ clientVersions });
    expect((await server.caller({ clientVersion: '1.2.0' }).highlights.run(input)).highlights).toHaveLength(1);
  });

  it('403 for a call that does not come from the app, with the right token of a user', async () => {
    const asked: unknown[] = [];
    const check = async (...call: unknown[]) => {
      asked.push(call);
      return { refused: 'auth.forbidden' } as const;
    };
    const server = await testServer({ attestation: { check } });
    const caller = server.caller({ appCheckToken: 'proof' });
    const refusal = { code: 'auth.forbidden', field: 'x-firebase-appcheck' };
    expect(await faultFrom(caller.highlights.run(input))).toMatchObject(refusal);
    expect(await faultFrom(caller.account.me())).toMatchObject(refusal);
    expect(asked).toEqual([
      ['proof', true],
      ['proof', false],
    ]);
    expect(await server.balances()).toEqual({ user: free, cap: free });
  });

  it('401 comes first: who nobody knows uses up no proof', async () => {
    const server = await testServer({ attestation: { check: () => Promise.reject(new Error('asked too early')) } });
    expect(await faultFrom(server.caller({ token: 'auth.invalid' }).highlights.run(input))).toMatchObject({
      code: 'auth.invalid',
    });
  });

  it('503 when the app cannot be checked, and nothing is charged', async () => {
    const refusal = { refused: 'auth.unavailable', retryAfterMs: 5_000 } as const;
    const server = await testServer({ attestation: { check: async () => refusal } });
    const fault = await faultFrom(server.caller().highlights.run(input));
    expect(fault).toMatchObject({ code: 'auth.unavailable', retryAfterMs: 5_000 });
    const down = await testServer({ attestation: { check: () => Promise.reject(new StoreDown('x')) } });
    expect(await faultFrom(down.caller().highlights.run(input))).toMatchObject({ code: 'limit.store_down' });
    for (const { balances } of [server, down]) expect(await balances()).toEqual({ user: free, cap: free });
  });
});

describe('what is asked', () => {
  it('429 over the rate, before the input is looked at', async () => {
    const server = await testServer({ rates: { take: async () => 7_000 } });
    const fault = await faultFrom(server.caller().highlights.run({ text: '' }));
    expect(fault).toMatchObject({ code: 'limit.rate', retryAfterMs: 7_000 });
  });

  it('503 for whoever spends while the store of rates is down; who only reads is served', async () => {
    const down = { take: () => Promise.reject(new StoreDown('x')) };
    const server = await testServer({ rates: down });
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({ code: 'limit.store_down' });
    expect(await server.caller().account.me()).toMatchObject({ uid: 'ann' });
  });

  it.each([{ text: '' }, { text: 'x'.repeat(100_001) }, { text: 'a\ud800' }, { text: 'a\0' }, { ...input, colour: 1 }])(
    'a bad input is refused by its field, and nothing is held or charged',
    async (bad) => {
      const server = await testServer({ model: { ...workingModel, highlights: () => Promise.reject(new Error('asked')) } });
      const fault = await faultFrom(server.caller().highlights.run(bad));
      expect(fault.code).toMatch(/^input\./);
      expect(fault.field).toMatch(/^(text|colour)$/);
      expect(await server.balances()).toEqual({ user: free, cap: free });
    },
  );

  it('400 for an idempotency key that is no UUID', async () => {
    const server = await testServer();
    const fault = await faultFrom(server.caller({ idempotencyKey: 'again' }).highlights.run(input));
    expect(fault).toMatchObject({ code: 'input.invalid', field: 'idempotency-key' });
  });
});

describe('what it costs', () => {
  it('200 with a receipt; the real use is charged, to user and cap', async () => {
    const server = await testServer();
    const { receipt, highlights } = await server.caller().highlights.run(input);
    expect(highlights).toHaveLength(1);
    expect(receipt).toMatchObject({
      computeUs: 1_000,
      priceMicroUsd: 1_000,
      remainingUs: 24_000,
      resetsAt: '2026-01-16T00:00:00.000Z',
    });
    expect(await server.balances()).toEqual({ user: { settled: 1_000, held: 0 }, cap: { settled: 1_000, held: 0 } });
    expect(server.observed).toEqual(['highlights.run ok']);
  });

  it('the other procedures are metered the same way', async () => {
    const server = await testServer();
    expect((await server.caller().search.run({ ...input, query: 'one' })).passages).toHaveLength(1);
    expect((await server.caller().embeddings.run({ texts: ['a', 'b'] })).embeddings).toHaveLength(2);
    expect((await server.balances()).user).toEqual({ settled: 2_000, held: 0 });
  });

  it('402 over the budget, with the time when it is new again; the refusal burns nothing', async () => {
    const costly = async () => ({
      ok: true as const,
      body: { model: 'm', sentences: 1, highlights: [] },
      computeUs: 9_000,
      timings: {},
    });
    const server = await testServer({ model: { ...workingModel, highlights: costly } });
    await server.caller().highlights.run(input);
    await server.caller().highlights.run({ text: 'Second.' });
    const fault = await faultFrom(server.caller().highlights.run({ text: 'Third.' }));
    expect(fault).toMatchObject({ code: 'limit.quota', limit: 'user-day', resetsAt: '2026-01-16T00:00:00.000Z' });
    expect((await server.balances()).user).toEqual({ settled: 18_000, held: 0 });
    expect((await server.caller().account.quota()).computeDay).toMatchObject({ usedUs: 18_000, remainingUs: 7_000 });
  });

  it('503 when the operator has pulled the switch', async () => {
    const server = await testServer();
    await server.ledger.setKillSwitch(true);
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({ code: 'limit.killed' });
    expect(await server.caller().account.quota()).toMatchObject({ plan: 'free', concurrent: { limit: 2, running: 0 } });
  });

  it('503 while the ledger is down', async () => {
    const server = await testServer();
    await server.ledger.close();
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({ code: 'limit.store_down' });
  });
});

describe('room in the model', () => {
  const passages: unknown[] = [];
  const place: Place = { leave: (passage) => void passages.push(passage) };
  const roomy = { enter: async () => place, state: () => ({ limit: 1, inUse: 0, waiting: 0 }) };

  it('503 with a time to come again when there is none, and the ledger is not even asked', async () => {
    const server = await testServer({ admission: { ...roomy, enter: async () => null } });
    const fault = await faultFrom(server.caller().highlights.run(input));
    expect(fault).toMatchObject({ code: 'capacity.overloaded', retryAfterMs: 1_000 });
    expect(await server.ledger.exportAccount('iss|ann')).toMatchObject({ runs: [], windows: [] });
  });

  it.each<[string, Partial<Deps>, unknown]>([
    ['what the model told of its queue', {}, { queueMs: null, computeMs: 1, overloaded: false }],
    [
      'that it had none',
      { model: { ...workingModel, highlights: async () => failure({ code: 'capacity.overloaded', dispatched: false }) } },
      { queueMs: null, computeMs: null, overloaded: true },
    ],
    ['nothing of a failure', { model: { ...workingModel, highlights: async () => failure({ code: 'internal.bug' }) } }, null],
    ['nothing of a bug', { model: { ...workingModel, highlights: () => Promise.reject(new Error('bug')) } }, null],
    ['nothing of a refused hold', { quota: refusingQuota }, null],
  ])('is left once, with %s', async (_name, more, passage) => {
    passages.splice(0);
    const server = await testServer({ admission: roomy, ...more });
    await server
      .caller()
      .highlights.run(input)
      .catch(() => undefined);
    expect(passages).toEqual([passage]);
  });
});

describe('when the model fails', () => {
  const failing = (more: Parameters<typeof failure>[0]) =>
    testServer({ model: { ...workingModel, highlights: async () => failure(more) } });

  it('before dispatch: all is given back', async () => {
    const server = await failing({ code: 'upstream.cold', dispatched: false, retryAfterMs: 2_000 });
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({ code: 'upstream.cold', retryAfterMs: 2_000 });
    expect(await server.balances()).toEqual({ user: free, cap: free });
  });

  it('504 without a report: the cap pays the worst case, the user nothing', async () => {
    const server = await failing({ code: 'upstream.timeout' });
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({ code: 'upstream.timeout' });
    expect(await server.balances()).toEqual({ user: free, cap: { settled: 10_000, held: 0 } });
  });

  it('with a report: the cap pays what is reported, the user nothing', async () => {
    const server = await failing({ code: 'internal.bug', computeUs: 300 });
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({ code: 'upstream.bad_response' });
    expect(await server.balances()).toEqual({ user: free, cap: { settled: 300, held: 0 } });
  });

  it('who has left before the model was asked pays nothing, and neither does the cap', async () => {
    let asked = 0;
    const highlights: typeof workingModel.highlights = (request, call) => {
      asked += 1;
      return workingModel.highlights(request, call);
    };
    const server = await testServer({ model: { ...workingModel, highlights } });
    const left = server.caller({ signal: AbortSignal.abort() });
    expect(await faultFrom(left.highlights.run(input))).toMatchObject({ code: 'request.cancelled' });
    expect(asked).toBe(0);
    expect(await server.balances()).toEqual({ user: free, cap: free });
  });

  it('a cancel after dispatch pays for what ran', async () => {
    const server = await failing({ code: 'request.cancelled', computeUs: 300 });
    await faultFrom(server.caller().highlights.run(input));
    expect(await server.balances()).toEqual({ user: { settled: 300, held: 0 }, cap: { settled: 300, held: 0 } });
  });

  it('a report that cannot be read: the result is given, the cap pays the worst case', async () => {
    const body = { model: 'm', sentences: 1, highlights: [] };
    const unreadable = async () => ({ ok: true as const, body, computeUs: null, timings: {} });
    const server = await testServer({ model: { ...workingModel, highlights: unreadable } });
    await server.caller().highlights.run(input);
    expect((await server.balances()).cap).toEqual({ settled: 10_000, held: 0 });
  });

  it('what the model refuses of the input is told with its field and in its words', async () => {
    const server = await failing({
      code: 'input.too_large',
      computeUs: 0,
      field: 'text',
      message: 'text: must have at most 2000 sentences',
    });
    const fault = await faultFrom(server.caller().highlights.run(input));
    expect(fault).toMatchObject({ code: 'input.too_large', field: 'text', message: 'text: must have at most 2000 sentences' });
    expect(await server.balances()).toEqual({ user: free, cap: free });
  });

  it('our own key being refused is our bug, told to the log', async () => {
    const server = await failing({ code: 'auth.invalid', computeUs: 0 });
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({
      code: 'internal.bug',
      reference: 'request-1',
    });
    expect(server.logged).toHaveLength(1);
  });

  it('a reply that breaks our own schema is masked, and what ran is charged', async () => {
    const body = { model: 'm', sentences: -1, highlights: [] };
    const broken = async () => ({ ok: true as const, body, computeUs: 10, timings: {} });
    const server = await testServer({ model: { ...workingModel, highlights: broken } });
    expect(await faultFrom(server.caller().highlights.run(input))).toMatchObject({
      code: 'internal.bug',
      reference: 'request-1',
    });
    expect((await server.balances()).user).toEqual({ settled: 10, held: 0 });
  });
});

it('a fault says nothing of its cause', () => {
  expect(JSON.stringify(new Fault('auth.invalid').details)).not.toMatch(/stack|firebase/);
});
