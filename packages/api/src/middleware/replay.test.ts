import { describe, expect, it } from 'vitest';
import type { Results } from '../ports.ts';
import { failure, faultFrom, forgetful, remembering, testServer, workingModel } from '../testing/caller.ts';

const input = { text: 'A sentence. Another one.' };
const key = '0b7e9d1c-5a0e-4a3f-9d0e-2f4f2c1e7a55';

/** The same call, held by another process. */
function elsewhere(runId: string) {
  const nowMs = Date.UTC(2026, 0, 15, 12);
  const line = {
    scope: 'cap-day',
    window: 1,
    unit: 'microUsd',
    amount: 1,
    limit: 9,
    code: 'limit.spend_cap',
    resetsAtMs: 0,
  } as const;
  return {
    runId,
    owner: 'iss|ann',
    person: null,
    procedure: 'highlights.run',
    idempotencyKey: key,
    size: 100,
    inputHash: JSON.stringify(['highlights.run', { ...input, count: 5, diversity: 0.3 }]),
    lines: [line],
    concurrentRuns: 9,
    nowMs,
    leaseUntilMs: nowMs + 60_000,
  };
}

describe('the same call twice', () => {
  it('one run and one charge for a key, during it and after', async () => {
    let calls = 0;
    const counted = {
      ...workingModel,
      highlights: (...args: Parameters<typeof workingModel.highlights>) => (calls++, workingModel.highlights(...args)),
    };
    const server = await testServer({ model: counted });
    const again = () => server.caller({ idempotencyKey: key }).highlights.run(input);
    const results = [...(await Promise.all([again(), again(), again()])), await again()];
    expect(calls).toBe(1);
    expect(new Set(results.map(({ receipt }) => receipt.runId)).size).toBe(1);
    expect((await server.balances()).user).toEqual({ settled: 1_000, held: 0 });
  });

  it('409 with another input', async () => {
    const server = await testServer();
    await server.caller({ idempotencyKey: key }).highlights.run(input);
    const fault = await faultFrom(server.caller({ idempotencyKey: key }).highlights.run({ text: 'Other.' }));
    expect(fault).toMatchObject({ code: 'run.conflict' });
  });

  it('410 when the result is no longer kept, with the receipt: never a second run, and nothing more is charged', async () => {
    const server = await testServer({ results: forgetful });
    const { receipt } = await server.caller({ idempotencyKey: key }).highlights.run(input);
    await server.caller().highlights.run({ text: 'Another run meanwhile.' });
    const fault = await faultFrom(server.caller({ idempotencyKey: key }).highlights.run(input));
    expect(fault).toMatchObject({ code: 'run.result_gone', reference: receipt.runId });
    expect(fault.receipt).toEqual({ ...receipt, remainingUs: 23_000 });
    expect((await server.balances()).user).toEqual({ settled: 2_000, held: 0 });
  });

  it('a result that is on its way from another process is waited for', async () => {
    const shared = remembering();
    let arrived = false;
    const results: Results = { ...shared, find: async (asked) => (arrived ? shared.find(asked) : undefined) };
    const wait = async () => {
      arrived = true;
    };
    const server = await testServer({ results, wait });
    const first = await server.caller({ idempotencyKey: key }).highlights.run(input);
    expect(await server.caller({ idempotencyKey: key }).highlights.run(input)).toEqual(first);
    expect((await server.balances()).user).toEqual({ settled: 1_000, held: 0 });
  });

  const settlement = { computeUs: 1, userUs: 1, timeoutUs: null, capMicroUsd: 1, priceAsOf: '2026-01-01', wallUs: null };
  it.each([
    ['gives its key back: this call runs', 'release', { computeUs: 1_000, cached: false }],
    ['failed: its key is free, and this call runs', 'fail', { computeUs: 1_000, cached: false }],
    [
      'is settled: its result is there, and only the receipt is here',
      'settle',
      { code: 'run.result_gone', receipt: { computeUs: 1, priceMicroUsd: 1, priceAsOf: '2026-01-01', cached: false } },
    ],
  ] as const)('waits for another process’s run with this key; when it %s', async (_name, ending, expected) => {
    const runId = crypto.randomUUID();
    const server = await testServer({
      wait: async () => {
        if (ending === 'release') await server.ledger.release(runId);
        else await server.ledger.settle({ runId, ...settlement, freeKey: ending === 'fail' });
      },
    });
    await server.ledger.reserve(elsewhere(runId));
    const call = server.caller({ idempotencyKey: key }).highlights.run(input);
    const seen = await call.then(
      ({ receipt }) => receipt,
      () => faultFrom(call),
    );
    expect(seen).toMatchObject(expected);
  });

  it('another user’s key is another key', async () => {
    const server = await testServer();
    await server.caller({ idempotencyKey: key }).highlights.run(input);
    const { receipt } = await server.caller({ idempotencyKey: key, token: 'bob' }).highlights.run(input);
    expect(receipt.remainingUs).toBe(24_000);
  });
});

describe('the same input again', () => {
  it('costs nothing, in flight and after, and the receipt says so', async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    let calls = 0;
    const slow: typeof workingModel.highlights = async (...args) => {
      calls++;
      await opened;
      return workingModel.highlights(...args);
    };
    const server = await testServer({ model: { ...workingModel, highlights: slow } });
    const first = server.caller().highlights.run(input);
    await expect.poll(() => calls).toBe(1);
    const second = server.caller().highlights.run(input);
    open();
    expect((await first).receipt).toMatchObject({ computeUs: 1_000, cached: false });
    expect((await second).receipt).toMatchObject({ computeUs: 0, priceMicroUsd: 0, remainingUs: 24_000, cached: true });
    expect((await server.caller().highlights.run(input)).highlights).toEqual((await first).highlights);
    expect(calls).toBe(1);
    expect((await server.balances()).user).toEqual({ settled: 1_000, held: 0 });
  });

  it('is another run for another user, another procedure, another option', async () => {
    const server = await testServer();
    const all = [
      await server.caller().highlights.run(input),
      await server.caller({ token: 'bob' }).highlights.run(input),
      await server.caller().highlights.run({ ...input, count: 2 }),
      await server.caller().search.run({ ...input, query: 'x' }),
    ];
    expect(all.map(({ receipt }) => receipt.cached)).toEqual([false, false, false, false]);
  });

  it('runs again when the first was cancelled by its own client', async () => {
    let calls = 0;
    const first: typeof workingModel.highlights = async (...args) =>
      ++calls === 1 ? failure({ code: 'request.cancelled', computeUs: 1 }) : workingModel.highlights(...args);
    const server = await testServer({ model: { ...workingModel, highlights: first } });
    const [cancelled, second] = await Promise.allSettled([
      server.caller().highlights.run(input),
      server.caller().highlights.run(input),
    ]);
    expect(cancelled.status).toBe('rejected');
    expect(second).toMatchObject({ status: 'fulfilled', value: { receipt: { cached: false } } });
  });
});
