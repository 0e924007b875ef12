import { errorCodes } from '@twohop/api/errors';
import { expect, it } from 'vitest';
import { english, messagesOf } from '../../test/words.ts';
import { explain } from './explain.ts';

const clock = { nowMs: Date.parse('2026-03-01T10:00:00Z'), timeZone: 'UTC' };
const here = { clock, online: true, words: english };

it.each(errorCodes)('%s: a sentence and a next step, without the words of developers', (code) => {
  const { title, next, remedy, waitMs, reference } = explain({ code }, here);
  expect(title).toMatch(/^[A-Z].{8,60}\.$/);
  expect(next).toMatch(/^[A-Z].{8,}\.$/);
  expect(`${title} ${next}`).not.toMatch(/token|HTTP|ledger|idempotency|upstream|null|\d{3}/i);
  expect(remedy).toMatch(/^(retry|sign-in|edit|none)$/);
  expect([waitMs, reference]).toEqual([0, null]);
});

it('has a sentence for no other code', () => {
  const keys = Object.keys(messagesOf('en')).filter((key) => key.startsWith('error_') && !key.endsWith('_next'));
  expect(keys.toSorted()).toEqual(
    [...errorCodes, 'network.unreachable'].map((code) => `error_${code.replace('.', '_')}`).toSorted(),
  );
});

it('tells when a used-up allowance is full again', () => {
  const { next, remedy } = explain({ code: 'limit.quota', resetsAt: '2026-03-02T00:00:00.000Z' }, here);
  expect(next).toBe('Your text is kept here until there is more. Full again tomorrow at 00:00.');
  expect(remedy).toBe('none');
});

it('a version that is no longer served is told to update: no button of ours would help', () => {
  const { title, next, remedy, waitMs } = explain({ code: 'client.outdated', field: 'x-client-version' }, here);
  expect(title).toBe('This version is too old for the server.');
  expect(next).toMatch(/^Update the extension/);
  expect([remedy, waitMs]).toEqual(['none', 0]);
});

it('an extension that cannot prove itself is not the account’s fault', () => {
  const { title, remedy } = explain({ code: 'auth.forbidden', field: 'x-firebase-appcheck' }, here);
  expect([title, remedy]).toEqual(['The server does not recognize this extension.', 'retry']);
  expect(explain({ code: 'auth.forbidden' }, here).remedy).toBe('sign-in');
});

it('two libraries that do not fit into one are no used-up allowance', () => {
  const { title, next, remedy } = explain({ code: 'limit.quota', field: 'library' }, here);
  expect([title, remedy]).toEqual(['The two libraries do not fit into one.', 'retry']);
  expect(next).toMatch(/^A library holds 10,000 passages\. Nothing has been moved or deleted/);
});

it('keeps the wait and the reference', () => {
  expect(explain({ code: 'limit.rate', retryAfterMs: 7_000 }, here).waitMs).toBe(7_000);
  expect(explain({ code: 'internal.bug', reference: 'r-1' }, here).reference).toBe('r-1');
});

it('tells a browser without a network from a server that is down', () => {
  expect(explain({ code: 'network.unreachable' }, here).title).toBe('The server does not answer.');
  expect(explain({ code: 'network.unreachable' }, { ...here, online: false }).title).toBe('You are offline.');
  expect(explain({ code: 'limit.rate' }, { ...here, online: false }).title).toBe('That was a lot in one minute.');
});
