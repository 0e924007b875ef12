import { createTwohop } from '@twohop/sdk';
import { expect, it } from 'vitest';
import { english } from '../../test/words.ts';
import type { Session } from '../platform/firebase-auth.ts';
import { createHandlers } from './handlers.ts';

const deleted: string[] = [];
const session: Session = {
  account: async () => ({ uid: 'u', anonymous: true }),
  signInAnonymously: async () => ({ uid: 'u', anonymous: true }),
  signOut: async () => undefined,
  deleteUser: async () => void deleted.push('user'),
  token: async ({ refresh }) => (refresh ? 'new' : 'old'),
};

function setUp() {
  const titles: string[] = [];
  const authorizations: (string | null)[] = [];
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: session.token,
    fetch: async (input, init) => {
      if (new Request(input).url.includes('account.delete')) deleted.push('record');
      authorizations.push(new Headers(init?.headers).get('authorization'));
      return Response.json({ result: { data: { plan: 'free' } } });
    },
  });
  const setToolbarTitle = async (title: string) => void titles.push(title);
  return { handlers: createHandlers({ session, twohop, setToolbarTitle, words: english }), titles, authorizations };
}

it('asks the server what is left as the user who is signed in', async () => {
  const { handlers, authorizations } = setUp();
  expect(await handlers.quota()).toEqual({ plan: 'free' });
  expect(authorizations).toEqual(['Bearer old']);
});

it('writes what is left on the toolbar button', async () => {
  const { handlers, titles } = setUp();
  await handlers.showLeft({ limitUs: 60_000_000, remainingUs: 12_300_000, resetsAt: '2026-03-02T00:00:00.000Z' });
  expect(titles).toEqual(['Twohop: 12.3 s left of 60 s today']);
});

it('deletes what the server keeps before the sign-in, without which nobody could ask for it', async () => {
  const { handlers } = setUp();
  await handlers.deleteAccount();
  expect(deleted).toEqual(['record', 'user']);
});

it('hands out the token of the session, a new one when asked', async () => {
  const { handlers } = setUp();
  expect(await handlers.token({ refresh: true })).toBe('new');
});
