import { expect, it, vi } from 'vitest';
import type { PageState } from '../core/page.ts';
import { createPageActions, type Pages } from './page-actions.ts';

function setUp({ phase = 'idle', marked = 'reading', isSignedIn = true, isOpen = true } = {}) {
  const told: unknown[] = [];
  const openPopup = vi.fn<() => Promise<void>>(async () => undefined);
  const badges: string[] = [];
  const page: Pages = {
    inject: async () => isOpen,
    tell: async (...command) => {
      told.push(command);
      return { phase: command[1] === 'mark' ? marked : phase } as PageState;
    },
    setBadge: async (_tabId, badge) => void badges.push(badge),
  };
  const account = async () => (isSignedIn ? { uid: 'u', anonymous: true, email: null, by: null } : null);
  const actions = createPageActions({ page, account, density: async () => 4, openPopup });
  return { actions, told, openPopup, badges };
}

it.each(['idle', 'empty'])('one key marks a page that is %s, as dense as the user left it', async (phase) => {
  const { actions, told } = setUp({ phase });
  await actions['mark-page'](7);
  expect(told.at(-1)).toEqual([7, 'mark', { density: 4, sure: false }]);
});

it.each(['asking', 'reading', 'marked', 'failed'])('the same key clears a page that is %s', async (phase) => {
  const { actions, told } = setUp({ phase });
  await actions['mark-page'](7);
  expect(told.at(-1)).toEqual([7, 'clear', null]);
});

it('shows the question that a long page asks', async () => {
  const { actions, openPopup } = setUp({ marked: 'asking' });
  await actions['mark-page'](7);
  expect(openPopup).toHaveBeenCalledTimes(1);
});

it('asks for consent before it touches any page', async () => {
  const { actions, told, openPopup } = setUp({ isSignedIn: false });
  await actions['mark-page'](7);
  expect(openPopup).toHaveBeenCalledTimes(1);
  expect(told).toEqual([]);
});

it('shows on the button that a page cannot be read', async () => {
  const { actions, told, badges } = setUp({ isOpen: false });
  await actions['mark-page'](7);
  await actions['next-mark'](7);
  expect(badges).toEqual(['!', '!']);
  expect(told).toEqual([]);
});

it('steps both ways', async () => {
  const { actions, told } = setUp();
  await actions['next-mark'](7);
  await actions['previous-mark'](7);
  expect(told).toEqual([
    [7, 'step', { by: 1 }],
    [7, 'step', { by: -1 }],
  ]);
});
