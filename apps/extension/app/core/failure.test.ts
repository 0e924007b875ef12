import { createTwohop } from '@twohop/sdk';
import { expect, it } from 'vitest';
import { Failed, toFailure } from './failure.ts';

const twohop = (fault: object) =>
  createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: async () => null,
    fetch: async () =>
      Response.json({ error: { message: 'm', code: -32_000, data: { twohop: { message: 'm', ...fault } } } }, { status: 402 }),
  });

it('keeps what a sentence needs of a refusal, and nothing else', async () => {
  const error: unknown = await twohop({ code: 'limit.quota', resetsAt: '2026-03-02T00:00:00.000Z' })
    .account.quota.query()
    .catch((error: unknown) => error);
  expect(toFailure(error)).toEqual({ code: 'limit.quota', resetsAt: '2026-03-02T00:00:00.000Z' });
});

it('passes a failure on', () => {
  expect(toFailure(new Failed({ code: 'auth.revoked' }))).toEqual({ code: 'auth.revoked' });
});

it.each([new TypeError('x is undefined'), 'text', undefined])('what nobody foresaw is a bug of ours: %s', (error) => {
  expect(toFailure(error)).toEqual({ code: 'internal.bug' });
});
