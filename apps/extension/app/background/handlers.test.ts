import { createTwohop } from '@twohop/sdk';
import { expect, it, vi } from 'vitest';
import { english } from '../../test/words.ts';
import type { Session } from '../platform/firebase-auth.ts';
import { createHandlers } from './handlers.ts';

const nobody = { uid: 'u', anonymous: true, email: null, by: null };
const ann = { uid: 'u', anonymous: false, email: 'ann@example.com', by: 'password' } as const;
const session: Session = {
  account: async () => nobody,
  signInAnonymously: async () => nobody,
  signIn: async () => ({ ok: true, account: ann }),
  register: async () => ({ ok: true, account: ann }),
  signInBeside: async () => ({ ok: true, account: ann }),
  moveOver: async () => ann,
  confirm: async () => ({ ok: true, account: ann }),
  deleteUser: async () => undefined,
  resetPassword: async () => undefined,
  signOut: async () => undefined,
  token: async ({ refresh }) => (refresh ? 'new' : 'old'),
};

function setUp() {
  const titles: string[] = [];
  const authorizations: (string | null)[] = [];
  const twohop = createTwohop({
    url: 'http://127.0.0.1:1',
    getToken: session.token,
    fetch: async (_input, init) => {
      authorizations.push(new Headers(init?.headers).get('authorization'));
      return Response.json({ result: { data: { plan: 'free' } } });
    },
  });
  const setToolbarTitle = async (title: string) => void titles.push(title);
  const announceAccount = vi.fn<() => void>();
  const handlers = createHandlers({ session, twohop, setToolbarTitle, words: english, announceAccount });
  return { handlers, titles, authorizations, announceAccount };
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

it('hands out the token of the session, a new one when asked', async () => {
  const { handlers } = setUp();
  expect(await handlers.token({ refresh: true })).toBe('new');
});

it('tells all views when another is signed in, and not while one is only signed in beside', async () => {
  const { handlers, announceAccount } = setUp();
  await handlers.signInBeside({ kind: 'google' });
  expect(announceAccount).not.toHaveBeenCalled();
  await handlers.moveOver();
  expect(announceAccount).toHaveBeenCalledOnce();
});
